/** What operators do inside an environment: SQL, imports, tokens for trying policies. */

import { createHash } from 'node:crypto';
import { type Access, type Actor, type Role, requireRole } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { type Impersonation, toImpersonated } from '#lib/control/impersonation.ts';
import type { Caller } from '#lib/engine/caller.ts';
import type { Database } from '#lib/engine/database.ts';
import type { ImportedTable, SqlResult } from '#lib/engine/engine.ts';
import { Problem } from '#lib/http/problem.ts';
import type { EnvironmentRecord } from '#lib/identity/environment.ts';
import { mintToken } from '#lib/identity/jwt.ts';

export interface QueryRequest {
  query: string;
  readOnly?: boolean | undefined;
  /** Everything runs and nothing is kept. */
  dryRun?: boolean | undefined;
  /** Behind this caller's walls; absent = as the operator, past them. */
  as?: Impersonation | string | undefined;
  maxRows?: number | undefined;
}

const maxRows = 10_000;
const daySeconds = 24 * 3600;

/** Runs KoyaLite SQL; one transaction, results in order. Needs the role developer. */
export async function runQuery(context: ControlContext, actor: Actor, ref: string, request: QueryRequest): Promise<SqlResult[]> {
  const access = await requireRole(context.database, actor, ref, 'developer');
  const record = requireServing(context, ref);
  const database = openDatabase(context, record);
  const caller = request.as === undefined ? null : toImpersonated(database, request.as);
  const readOnly = request.readOnly ?? false;
  // A console polls with reads; they are recorded where the law asks, and whenever someone acts as somebody else.
  if (!readOnly || caller !== null || access.project.hipaa) await recordQuery(context, actor, access, request, caller);
  return context.engine.runSql(database, request.query, {
    caller,
    readOnly,
    dryRun: request.dryRun ?? false,
    timeoutMs: record.settings.api.statementTimeoutMs,
    maxRows: request.maxRows ?? maxRows,
  });
}

function recordQuery(
  context: ControlContext,
  actor: Actor,
  access: Access,
  request: QueryRequest,
  caller: Caller | null,
): Promise<void> {
  // The text stays out: it may hold what the audit must not (passwords, tokens, health data).
  const after = {
    sha256: createHash('sha256').update(request.query).digest('hex'),
    length: request.query.length,
    command: /^\s*([a-z]+)/i.exec(request.query)?.[1]?.toUpperCase() ?? null,
    read_only: request.readOnly ?? false,
    ...(request.dryRun === true ? { dry_run: true } : {}),
    as: caller === null ? null : { role: caller.role, sub: caller.subject },
  };
  const event = { action: 'database.query', subject: access.environment.ref, projectRef: access.project.ref, after };
  return inTransaction(context, (transaction) => appendAudit(transaction, context.masterKey, actor, event));
}

/** Copies a SQLite file's tables into the environment. `prepareFile` brings the upload to disk once access is certain. */
export async function importDatabase(
  context: ControlContext,
  actor: Actor,
  ref: string,
  prepareFile: () => Promise<string>,
): Promise<ImportedTable[]> {
  const { project } = await requireRole(context.database, actor, ref, 'developer');
  const record = requireServing(context, ref);
  const file = await prepareFile();
  await inTransaction(context, (transaction) =>
    appendAudit(transaction, context.masterKey, actor, { action: 'database.import', subject: ref, projectRef: project.ref }),
  );
  return context.engine.importSqlite(openDatabase(context, record), file);
}

export interface TokenRequest extends Impersonation {
  expiresInSeconds: number;
}

/** Mints a token as the auth service would, for trying policies. Audited: its bearer acts as that user. */
export async function createToken(
  context: ControlContext,
  actor: Actor,
  ref: string,
  request: TokenRequest,
): Promise<{ token: string; expiresAt: Date }> {
  const { project } = await requireRole(context.database, actor, ref, 'developer');
  const record = requireServing(context, ref);
  if (request.expiresInSeconds > daySeconds && record.kind !== 'dev' && record.kind !== 'branch') {
    const message = 'Outside dev environments and branches a test token lives a day at most.';
    throw new Problem({ status: 400, code: 'token_too_long', message });
  }
  const caller = toImpersonated(openDatabase(context, record), request);
  const iat = Math.floor(Date.now() / 1000);
  const exp = iat + request.expiresInSeconds;
  const token = mintToken(
    {
      iss: 'koyalite',
      aud: 'authenticated',
      ref,
      ...caller.claims,
      role: caller.role,
      // By this the auth service lets nobody change an account with a token made here.
      ...(caller.subject === null ? {} : { impersonated_by: actor.operatorId ?? 'system' }),
      iat,
      exp,
    },
    record.signingKeys,
  );
  const after = { role: caller.role, sub: caller.subject, expires_at: new Date(exp * 1000).toISOString() };
  await inTransaction(context, (transaction) =>
    appendAudit(transaction, context.masterKey, actor, { action: 'token.create', subject: ref, projectRef: project.ref, after }),
  );
  return { token, expiresAt: new Date(exp * 1000) };
}

/** The environment's record and open file, for an actor with at least this role. 409 while it does not serve. */
export async function openEnvironment(
  context: ControlContext,
  actor: Actor,
  ref: string,
  minimum: Role,
): Promise<{ access: Access; record: EnvironmentRecord; database: Database }> {
  const access = await requireRole(context.database, actor, ref, minimum);
  const record = requireServing(context, ref);
  return { access, record, database: openDatabase(context, record) };
}

function openDatabase(context: ControlContext, record: EnvironmentRecord): Database {
  return context.engine.open(record.ref, record.file, { durability: record.settings.durability });
}

function requireServing(context: ControlContext, ref: string): EnvironmentRecord {
  const record = context.directory.find(ref);
  if (record?.status === 'active') return record;
  const status = record?.status ?? 'gone';
  throw new Problem({
    status: 409,
    code: 'environment_not_active',
    message: `The environment "${ref}" is ${status}.`,
    hint: status === 'paused' ? `POST /projects/${ref}/restore` : null,
  });
}
