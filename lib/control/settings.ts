/** An environment's settings, read and patched by operators. Secrets go in and never come out. */

import { z } from 'zod';
import { type Actor, requireRole } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { maskSecrets, openSecrets, sealSecrets } from '#lib/control/sealed-settings.ts';
import { invalidSettings, type JsonObject, parseStoredSettings, patchStoredSettings } from '#lib/control/stored-settings.ts';
import { Problem } from '#lib/http/problem.ts';
import type { EnvironmentSettings } from '#lib/identity/environment-settings.ts';
import { toHardening } from '#lib/identity/hardened-auth.ts';

export async function getSettings(context: ControlContext, actor: Actor, ref: string): Promise<EnvironmentSettings> {
  const { environment } = await requireRole(context.database, actor, ref, 'viewer');
  return readSettings(environment.settings);
}

/** The auth part with every default filled in, under Supabase's names. */
export async function getAuthConfig(context: ControlContext, actor: Actor, ref: string): Promise<JsonObject> {
  return toAuthConfig(context, await getSettings(context, actor, ref));
}

export async function updateAuthConfig(
  context: ControlContext,
  actor: Actor,
  ref: string,
  patch: JsonObject,
): Promise<JsonObject> {
  return toAuthConfig(context, await updateSettings(context, actor, ref, { auth: patch }));
}

/** Tightens what is weaker than the settings for health data ask; returns what it changed. Needs the role admin. */
export async function hardenAuth(context: ControlContext, actor: Actor, ref: string): Promise<JsonObject> {
  await requireRole(context.database, actor, ref, 'admin');
  const patch = toHardening(await getAuthConfig(context, actor, ref));
  if (Object.keys(patch).length > 0) await updateSettings(context, actor, ref, { auth: patch });
  return patch;
}

function toAuthConfig(context: ControlContext, settings: EnvironmentSettings): JsonObject {
  return context.parseAuthSettings(settings.auth);
}

const objectSchema = z.record(z.string(), z.unknown());
/** A zod error, by what it carries. */
const refusalSchema = z.object({
  issues: z.array(z.object({ path: z.array(z.union([z.string(), z.number()])), message: z.string() })),
});

/** Deep partial: what is not mentioned stays, null returns to the default. */
export async function updateSettings(
  context: ControlContext,
  actor: Actor,
  ref: string,
  patch: JsonObject,
): Promise<EnvironmentSettings> {
  const { project, environment } = await requireRole(context.database, actor, ref, 'admin');
  const stored = await inTransaction(context, async (transaction) => {
    // Read again inside: two patches at once must both stay.
    const current = await transaction.environment.findUniqueOrThrow({ where: { id: environment.id } });
    const settings = patchStoredSettings(current.settings, sealPatch(context, environment.id, patch, current.settings));
    if (settings === current.settings) return settings;
    checkAuth(context, environment.id, settings);
    await transaction.environment.update({ where: { id: environment.id }, data: { settings } });
    await appendAudit(transaction, context.masterKey, actor, {
      action: 'settings.update',
      subject: environment.ref,
      projectRef: project.ref,
      // Names alone: a setting's value may be a secret (an OAuth client's, an SMTP password).
      after: { changed: listPaths(patch, '') },
    });
    return settings;
  });
  await context.directory.refresh(project.id);
  return readSettings(stored);
}

function sealPatch(context: ControlContext, environmentId: string, patch: JsonObject, stored: string): JsonObject {
  const auth = objectSchema.safeParse(patch.auth);
  if (!auth.success) return patch;
  const before = objectSchema.safeParse(objectSchema.parse(JSON.parse(stored)).auth).data ?? {};
  return { ...patch, auth: sealSecrets(context.masterKey, environmentId, auth.data, before) };
}

/** Refuses what the auth service could not start with, before it is stored. */
function checkAuth(context: ControlContext, environmentId: string, stored: string): void {
  const auth = parseStoredSettings(stored)?.auth ?? {};
  try {
    context.parseAuthSettings(openSecrets(context.masterKey, environmentId, auth));
  } catch (error) {
    const refused = refusalSchema.safeParse(error);
    if (!refused.success) throw error;
    const issue = refused.data.issues[0];
    throw invalidSettings(`${['auth', ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'invalid'}`);
  }
}

function readSettings(stored: string): EnvironmentSettings {
  const settings = parseStoredSettings(stored);
  if (settings !== null) return { ...settings, auth: maskSecrets(settings.auth) };
  throw new Problem({
    status: 409,
    code: 'invalid_settings',
    message: 'The stored settings are not valid for this version; the environment is held paused.',
    hint: 'Set the settings that are out of range anew.',
  });
}

function listPaths(patch: JsonObject, path: string): string[] {
  return Object.entries(patch).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? listPaths(Object.fromEntries(Object.entries(value)), `${path}${name}.`)
      : [`${path}${name}`],
  );
}
