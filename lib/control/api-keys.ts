/** An environment's API keys and signing keys, as operators read, make, revoke and rotate them. */

import type { ApiKey } from '#generated/client.ts';
import { type Actor, requireRole } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { makeLegacyKeyRows, makeOpaqueKeyRow } from '#lib/control/key-material.ts';
import type { OpaqueKeyType } from '#lib/control/opaque-key.ts';
import { fromSigningKeyRow, makeSharedSecret, toSigningKeyRow } from '#lib/control/signing-keys.ts';
import { Problem } from '#lib/http/problem.ts';
import type { SigningKey } from '#lib/identity/environment.ts';

export interface ApiKeyView extends Pick<ApiKey, 'id' | 'name' | 'type' | 'role' | 'prefix' | 'description' | 'createdAt'> {
  /** The key itself; null when it is secret and was not revealed. */
  key: string | null;
}

/**
 * Publishable and `anon` keys are public and always shown. Revealing the secret ones needs the role developer and is audited.
 */
export async function listApiKeys(context: ControlContext, actor: Actor, ref: string, reveal = false): Promise<ApiKeyView[]> {
  const { project, environment } = await requireRole(context.database, actor, ref, reveal ? 'developer' : 'viewer');
  const rows = await context.database.apiKey.findMany({
    where: { environmentId: environment.id },
    orderBy: { createdAt: 'asc' },
  });
  if (reveal) {
    await inTransaction(context, (transaction) =>
      appendAudit(transaction, context.masterKey, actor, { action: 'api_key.reveal', subject: ref, projectRef: project.ref }),
    );
  }
  return rows.map((row) => toView(context, row, reveal));
}

function toView(context: ControlContext, row: ApiKey, reveal: boolean): ApiKeyView {
  const { id, name, type, role, prefix, description, createdAt } = row;
  const shown = reveal || role === 'anon';
  const key = shown ? context.masterKey.unseal('api-key', row.sealed, id) : null;
  return { id, name, type, role, prefix, description, createdAt, key };
}

export interface NewApiKey {
  type: OpaqueKeyType;
  name: string;
  description?: string | undefined;
}

/** The answer holds the key. 409 when the name is in use. */
export async function createApiKey(context: ControlContext, actor: Actor, ref: string, wanted: NewApiKey): Promise<ApiKeyView> {
  const { type, name, description } = wanted;
  const { project, environment } = await requireRole(context.database, actor, ref, 'admin');
  const { key: _, ...row } = makeOpaqueKeyRow(context.masterKey, environment.id, type, name, description ?? null);
  const created = await inTransaction(context, async (transaction) => {
    const taken = await transaction.apiKey.findFirst({ where: { environmentId: environment.id, type, name } });
    if (taken !== null) {
      throw new Problem({ status: 409, code: 'api_key_exists', message: `There is a ${type} key named "${name}" already.` });
    }
    const event = { action: 'api_key.create', subject: row.id, projectRef: project.ref, after: { ref, type, name } };
    await appendAudit(transaction, context.masterKey, actor, event);
    return transaction.apiKey.create({ data: row });
  });
  await context.directory.refresh(project.id);
  return toView(context, created, true);
}

/** Dead at once. A legacy key is a token: it dies with its signing key, see `rotateSecret`. */
export async function revokeApiKey(context: ControlContext, actor: Actor, ref: string, id: string): Promise<void> {
  const { project, environment } = await requireRole(context.database, actor, ref, 'admin');
  await inTransaction(context, async (transaction) => {
    const row = await transaction.apiKey.findFirst({ where: { id, environmentId: environment.id } });
    if (row === null) throw keyNotFound();
    if (row.type === 'legacy') {
      throw new Problem({
        status: 400,
        code: 'legacy_key',
        message: 'A legacy key cannot be revoked alone.',
        hint: 'Rotate the JWT secret, then delete the previous signing key.',
      });
    }
    await transaction.apiKey.delete({ where: { id } });
    const event = {
      action: 'api_key.revoke',
      subject: id,
      projectRef: project.ref,
      before: { ref, type: row.type, name: row.name },
    };
    await appendAudit(transaction, context.masterKey, actor, event);
  });
  await context.directory.refresh(project.id);
}

/** Replaces one opaque key by a new one of the same name; the old one is dead at once. */
export async function rotateApiKey(context: ControlContext, actor: Actor, ref: string, id: string): Promise<ApiKeyView[]> {
  const { project, environment } = await requireRole(context.database, actor, ref, 'admin');
  await inTransaction(context, async (transaction) => {
    const old = await transaction.apiKey.findFirst({ where: { id, environmentId: environment.id } });
    if (old === null || old.type === 'legacy') throw keyNotFound();
    const type = old.type === 'secret' ? 'secret' : 'publishable';
    const { key: _, ...row } = makeOpaqueKeyRow(context.masterKey, environment.id, type, old.name, old.description);
    await transaction.apiKey.delete({ where: { id } });
    await transaction.apiKey.create({ data: row });
    const event = { action: 'api_key.rotate', subject: row.id, projectRef: project.ref, before: { id }, after: { ref, type } };
    await appendAudit(transaction, context.masterKey, actor, event);
  });
  await context.directory.refresh(project.id);
  return listApiKeys(context, actor, ref, true);
}

/**
 * A new JWT secret signs from now on and new legacy keys are minted. Tokens under the old one hold until it is deleted
 * with `deleteSigningKey`: apps get time to change keys.
 */
export async function rotateSecret(context: ControlContext, actor: Actor, ref: string): Promise<ApiKeyView[]> {
  const { project, environment } = await requireRole(context.database, actor, ref, 'admin');
  const secret = makeSharedSecret();
  const where = { environmentId: environment.id };
  await inTransaction(context, async (transaction) => {
    const replaced = await transaction.signingKey.findMany({ where: { ...where, status: 'current' } });
    await transaction.signingKey.updateMany({ where: { ...where, status: 'current' }, data: { status: 'previous' } });
    await transaction.signingKey.create({ data: toSigningKeyRow(context.masterKey, environment.id, secret) });
    await transaction.apiKey.deleteMany({ where: { ...where, type: 'legacy' } });
    await transaction.apiKey.createMany({ data: makeLegacyKeyRows(context.masterKey, environment.id, environment.ref, secret) });
    await appendAudit(transaction, context.masterKey, actor, {
      action: 'signing_key.rotate',
      subject: ref,
      projectRef: project.ref,
      before: { kids: replaced.map((key) => key.id) },
      after: { kid: secret.kid },
    });
  });
  await context.directory.refresh(project.id);
  return listApiKeys(context, actor, ref, true);
}

export type SigningKeyView = Omit<SigningKey, 'secret'> & { createdAt: Date };

/** Without their secrets. */
export async function listSigningKeys(context: ControlContext, actor: Actor, ref: string): Promise<SigningKeyView[]> {
  const { environment } = await requireRole(context.database, actor, ref, 'developer');
  const rows = await context.database.signingKey.findMany({
    where: { environmentId: environment.id },
    orderBy: { createdAt: 'desc' },
  });
  return rows.map((row) => {
    const { secret: _, ...key } = fromSigningKeyRow(context.masterKey, row);
    return { ...key, createdAt: row.createdAt };
  });
}

/** Ends every token under a key that no longer signs. 400 for the current one. */
export async function deleteSigningKey(context: ControlContext, actor: Actor, ref: string, kid: string): Promise<void> {
  const { project, environment } = await requireRole(context.database, actor, ref, 'admin');
  await inTransaction(context, async (transaction) => {
    const row = await transaction.signingKey.findFirst({ where: { id: kid, environmentId: environment.id } });
    if (row === null) throw new Problem({ status: 404, code: 'signing_key_not_found', message: 'There is no such signing key.' });
    if (row.status === 'current') {
      throw new Problem({
        status: 400,
        code: 'signing_key_in_use',
        message: 'The current signing key cannot be deleted.',
        hint: 'Rotate first.',
      });
    }
    await transaction.signingKey.delete({ where: { id: kid } });
    const event = { action: 'signing_key.delete', subject: kid, projectRef: project.ref, before: { ref, status: row.status } };
    await appendAudit(transaction, context.masterKey, actor, event);
  });
  await context.directory.refresh(project.id);
}

function keyNotFound(): Problem {
  return new Problem({ status: 404, code: 'api_key_not_found', message: 'There is no such API key.' });
}
