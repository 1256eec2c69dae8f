/** The composition root: the only file that imports both planes. */

import { join } from 'node:path';
import { createApi, createHealth } from '#lib/api/handle.ts';
import { createLimits } from '#lib/api/limits.ts';
import { createAuthRow, restRow } from '#lib/api/services.ts';
import { type Config, parseConfig } from '#lib/config.ts';
import { startAuditAnchors } from '#lib/control/audit-anchors.ts';
import { type Control, createControl } from '#lib/control/control.ts';
import { toSealingKey } from '#lib/control/environment-key.ts';
import { createEngine } from '#lib/engine/create-engine.ts';
import { type FileLock, takeFileLock } from '#lib/engine/file-lock.ts';
import { createRequestLog } from '#lib/engine/log/request-log.ts';
import { mailJobKind } from '#lib/engine/queue/mails.ts';
import { queueMigrations } from '#lib/engine/queue/queue-tables.ts';
import { createQueues } from '#lib/engine/queue/queues.ts';
import { resumeQueues } from '#lib/engine/queue/resume-queues.ts';
import { createClientAddress } from '#lib/http/client-address.ts';
import { emptyResponse, type HttpRequest, type HttpResponse } from '#lib/http/exchange.ts';
import { fromFetch, toFetch } from '#lib/http/fetch-exchange.ts';
import { apiSecurityHeaders } from '#lib/http/security-headers.ts';
import type { EnvironmentRecord } from '#lib/identity/environment.ts';
import { mailSealOf } from '#lib/identity/sealing.ts';
import { createBreachedPasswords } from '#lib/ports/breached-passwords.ts';
import { createCaptcha } from '#lib/ports/captcha.ts';
import { createLogger, type Logger } from '#lib/ports/logger.ts';
import { outbox } from '#lib/ports/mail.ts';
import { mailSenderFor } from '#lib/ports/mail-senders.ts';
import { createMetrics } from '#lib/ports/metrics.ts';
import { createOutboundFetch } from '#lib/ports/outbound.ts';
import { parseBounce } from '#lib/ports/resend.ts';
import { smsOutbox } from '#lib/ports/sms.ts';
import { remember } from '#lib/remember.ts';
import { forgetStandings } from '#lib/services/auth/auth.ts';
import { authSettingsSchema } from '#lib/services/auth/auth-settings.ts';
import { startMailCare } from '#lib/services/auth/mail-care.ts';
import { mailJobHandler, mailTransportOf } from '#lib/services/auth/mail-jobs.ts';
import { authMigrations } from '#lib/services/auth/schema.ts';

export interface Platform {
  readonly config: Config;
  readonly control: Control;
  readonly logger: Logger;
  /** Null when the URL is not an API's: the host then serves a page. */
  answer(request: HttpRequest): HttpResponse | Promise<HttpResponse> | null;
  /** The same for Fetch hosts and tests; 404 for what is no API. */
  handle(request: Request): Promise<Response>;
  /** Where the server listens, once it does: links lead there unless a public URL is configured. */
  listensOn(url: string): void;
  close(): Promise<void>;
}

/** Throws with a message for people when another server already uses this home. */
export async function createPlatform(config: Config): Promise<Platform> {
  const lock = takeFileLock(join(config.home, 'server.lock'));
  if (lock === null)
    throw new Error(
      `Another KoyaLite server is already running on ${config.home}. Stop it, or set KOYALITE_HOME to another folder.`,
    );
  try {
    return await composePlatform(config, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function composePlatform(config: Config, lock: FileLock): Promise<Platform> {
  const logger = createLogger(config.logLevel);
  const clientAddress = createClientAddress(config.trustedProxies);
  const apiHeaders = apiSecurityHeaders(config.publicUrl?.startsWith('https:') ?? false);
  const engine = createEngine({ migrations: [...queueMigrations, ...authMigrations] });
  const requestLog = createRequestLog(join(config.home, 'logs.db'));
  let externalUrl = config.publicUrl ?? `http://${isLoopback(config.host) ? config.host : 'localhost'}:${config.port}`;
  const outboundFetch = createOutboundFetch(isLoopback(config.host));
  const control = await createControl({
    config,
    engine,
    logger,
    clientAddress,
    requestLog,
    externalUrl: () => externalUrl,
    fetch: outboundFetch,
    sessionsEnded: forgetStandings,
    parseAuthSettings: (stored) => authSettingsSchema.parse(stored),
  });
  const sealingKeyOf = (environment: Pick<EnvironmentRecord, 'projectId' | 'ref'>) =>
    toSealingKey(control.context.masterKey, environment);
  const queues = createQueues(
    (database) => {
      const transport = () => {
        const environment = control.directory.find(database.ref);
        return environment === null ? outbox : mailSenderFor(mailTransportOf(environment));
      };
      const seal = mailSealOf(sealingKeyOf(control.directory.find(database.ref) ?? { projectId: '', ref: database.ref }));
      return { [mailJobKind]: mailJobHandler(database, { mail: transport, sms: () => smsOutbox, seal }) };
    },
    (ref, error) => logger.warn({ err: error, ref }, 'a job failed'),
  );
  const metrics = createMetrics();
  const auth = createAuthRow({
    ports: {
      captcha: createCaptcha(outboundFetch),
      breachedPasswords: createBreachedPasswords(outboundFetch),
      parseBounce,
      mailDelivers: false,
      countRefusal: metrics.countRefusal,
      fetch: outboundFetch,
    },
    sealingKey: sealingKeyOf,
    wake: (database) => queues.of(database).wake(),
  });
  const api = createApi({
    directory: control.directory,
    engine,
    services: { rest: restRow, auth },
    limits: createLimits(),
    clientAddress,
    logger,
    externalUrl: () => externalUrl,
    requestLog,
    refused: control.foreignKeys.refusedBy,
    domain: config.domain,
    securityHeaders: apiHeaders,
    serverTiming: config.serverTiming,
  });
  const closing = new AbortController();
  const activeEnvironments = () => control.directory.list().filter((environment) => environment.status === 'active');
  const openFileOf = ({ ref, file, settings }: EnvironmentRecord) => engine.open(ref, file, { durability: settings.durability });
  const resumed = resumeQueues({
    environments: activeEnvironments(),
    open: openFileOf,
    wake: (database) => queues.of(database).wake(),
    report: ({ ref }, error) => logger.warn({ err: error, ref }, 'waiting jobs could not be resumed'),
    startedMs: Date.now(),
    signal: closing.signal,
  });
  const mailCare = startMailCare({
    environments: activeEnvironments,
    open: openFileOf,
    sealOf: (environment) => mailSealOf(sealingKeyOf(environment)),
    report: ({ ref }, error) => logger.warn({ err: error, ref }, 'mails could not be looked after'),
  });
  const auditAnchors = startAuditAnchors(control.context);
  const health = createHealth(() => true);

  async function answerMetrics(request: HttpRequest): Promise<HttpResponse> {
    const token = /^Bearer (.+)$/i.exec(request.header('authorization') ?? '')?.[1];
    const signedIn =
      token === undefined
        ? null
        : await control.operators.find({ cookie: null, bearer: token }, { ip: clientAddress(request), userAgent: null });
    if (signedIn === null || signedIn.actor.lacksFactor === true) return emptyResponse(404);
    return { status: 200, headers: ['Content-Type', metrics.contentType], body: await metrics.text() };
  }

  async function answerPlatform(request: HttpRequest): Promise<HttpResponse> {
    const response = await control.platformApi(request);
    for (let index = 0; index < apiHeaders.length; index += 2) {
      const [name = '', value = ''] = apiHeaders.slice(index, index + 2);
      if (!response.headers.includes(name)) response.headers.push(name, value);
    }
    if (!response.headers.includes('Cache-Control')) response.headers.push('Cache-Control', 'no-store');
    return response;
  }

  function answer(request: HttpRequest): HttpResponse | Promise<HttpResponse> | null {
    const { url } = request;
    if (url.startsWith('/api/platform/')) return answerPlatform(request);
    const served = api.handle(request);
    if (served !== null) return served;
    if (url.startsWith('/api/health/')) return health(request);
    if (url === '/metrics') return answerMetrics(request);
    return url.startsWith('/api/') ? emptyResponse(404) : null;
  }

  return {
    config,
    control,
    logger,
    answer,
    handle: async (request) => toFetch((await answer(fromFetch(request))) ?? emptyResponse(404)),
    listensOn(url) {
      externalUrl = config.publicUrl ?? url;
    },
    async close() {
      closing.abort();
      await resumed;
      await mailCare.stop();
      await queues.stopAll();
      await auditAnchors.stop();
      await engine.shutdown();
      requestLog.close();
      await control.close();
      lock.release();
    },
  };
}

/** One platform per process, whoever asks first: `server.ts`, or Next when it runs alone. */
export function getPlatform(): Promise<Platform> {
  return remember('platform', () => createPlatform(parseConfig(process.env)));
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
