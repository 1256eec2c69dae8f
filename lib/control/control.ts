/** The control plane's door: opens the control database and gives what the composition root joins to the data plane. */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startChores } from '#lib/control/chores.ts';
import {
  type ControlConfig,
  type ControlContext,
  type ControlLogger,
  type EnvironmentRemover,
  makeBackground,
  makeInTurn,
} from '#lib/control/control-context.ts';
import { openControlDatabase } from '#lib/control/control-database.ts';
import { endStaleImpersonations } from '#lib/control/end-impersonation.ts';
import { type Directory, loadDirectory } from '#lib/control/environment-directory.ts';
import { type FirstStart, type FirstStartOptions, runFirstStart } from '#lib/control/first-start.ts';
import { type ForeignKeys, makeForeignKeys } from '#lib/control/foreign-keys.ts';
import { loadMasterKey } from '#lib/control/master-key.ts';
import { checkMasterKey } from '#lib/control/master-key-check.ts';
import { type MailWorker, startMailWorker } from '#lib/control/operator-mail-worker.ts';
import { makeOperators, type Operators } from '#lib/control/operators.ts';
import { createPlatformApi } from '#lib/control/platform-api/platform-api.ts';
import { resumeProvisioning } from '#lib/control/provisioning.ts';
import { makeSessionStore } from '#lib/control/session-store.ts';
import type { Database } from '#lib/engine/database.ts';
import type { Engine } from '#lib/engine/engine.ts';
import type { RequestLog } from '#lib/engine/log/request-log.ts';
import type { HttpHandler, HttpRequest } from '#lib/http/exchange.ts';
import { createOutboundFetch } from '#lib/ports/outbound.ts';

export interface ControlOptions {
  config: ControlConfig;
  engine: Engine;
  logger?: ControlLogger;
  /** Default: the peer's address. */
  clientAddress?: (request: HttpRequest) => string | null;
  /** Removes what an environment keeps outside its files. */
  removers?: readonly EnvironmentRemover[];
  requestLog?: Pick<RequestLog, 'list' | 'group'>;
  /** The auth service's reading of its settings; default: as they are. */
  parseAuthSettings?: ControlContext['parseAuthSettings'];
  /** Called when sessions of an environment's users were ended from here. */
  sessionsEnded?: (database: Database) => void;
  /** Where links lead; default: the configured address. */
  externalUrl?: () => string;
  /** Default: one that enters no private network. */
  fetch?: typeof fetch;
  /** Called between the steps of provisioning; tests throw here to play a crash. */
  step?: (name: string) => void;
}

export interface Control {
  readonly directory: Directory;
  /** Answers `/api/platform/v1/*`. */
  readonly platformApi: HttpHandler;
  readonly operators: Operators;
  /** Keeps keys that are tried elsewhere on record. */
  readonly foreignKeys: ForeignKeys;
  /** For functions of this room called in process. */
  readonly context: ControlContext;
  /** Makes the first operator and the demo project; `{}` on every later start. */
  firstStart(options?: FirstStartOptions): Promise<FirstStart>;
  close(): Promise<void>;
}

const silent: ControlLogger = { info: () => undefined, error: () => undefined };

/** Opens, migrates, loads, and finishes what a crash interrupted. */
export async function createControl(options: ControlOptions): Promise<Control> {
  const { config, engine, logger = silent, removers = [], step = () => undefined } = options;
  const masterKey = loadMasterKey(config.home, config.masterKey);
  const database = await openControlDatabase(join(config.home, 'control.db'));
  await checkMasterKey(database, masterKey);
  const directory = await loadDirectory(database, masterKey, config.home);
  let mails: MailWorker | null = null;
  const background = makeBackground(logger);
  const context: ControlContext = {
    config,
    database,
    engine,
    masterKey,
    directory,
    logger,
    removers,
    requestLog: options.requestLog ?? null,
    parseAuthSettings: options.parseAuthSettings ?? ((stored: Record<string, unknown>) => stored),
    step,
    externalUrl: options.externalUrl ?? (() => config.publicUrl?.replace(/\/+$/, '') ?? 'http://localhost:3000'),
    fetch: options.fetch ?? createOutboundFetch(false),
    mails: { wake: () => mails?.wake() },
    later: background.later,
    sessionsEnded: options.sessionsEnded ?? (() => undefined),
    inTurn: makeInTurn(),
  };
  // Uploads of a process that died.
  await rm(join(config.home, 'tmp'), { recursive: true, force: true });
  await resumeProvisioning(context);
  await makeSessionStore(database).removeExpired();
  await endStaleImpersonations(context);
  const operators = makeOperators(context);
  const foreignKeys = makeForeignKeys(context);
  const chores = startChores(context);
  mails = startMailWorker(context);
  const clientAddress = options.clientAddress ?? ((request: HttpRequest) => request.remoteAddress);
  return {
    context,
    directory,
    operators,
    foreignKeys,
    platformApi: createPlatformApi({ context, operators, foreignKeys, clientAddress }),
    firstStart: (firstStartOptions = {}) => runFirstStart(context, firstStartOptions),
    async close() {
      await background.settle();
      await chores.stop();
      await mails?.stop();
      await database.$disconnect();
    },
  };
}
