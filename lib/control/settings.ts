/** An environment's settings, read and patched by operators. */

import { type Actor, requireRole } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import { type JsonObject, parseStoredSettings, patchStoredSettings } from '#lib/control/stored-settings.ts';
import { Problem } from '#lib/http/problem.ts';
import type { EnvironmentSettings } from '#lib/identity/environment-settings.ts';

export async function getSettings(context: ControlContext, actor: Actor, ref: string): Promise<EnvironmentSettings> {
  const { environment } = await requireRole(context.database, actor, ref, 'viewer');
  return readSettings(environment.settings);
}

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
    const settings = patchStoredSettings(current.settings, patch);
    if (settings === current.settings) return settings;
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

function readSettings(stored: string): EnvironmentSettings {
  const settings = parseStoredSettings(stored);
  if (settings !== null) return settings;
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
