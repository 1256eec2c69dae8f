/** Settings of the whole installation, in groups: kept where they differ from the defaults, secrets sealed, for platform owners. */

import { z } from 'zod';
import { type Actor, requirePlatformOwner } from '#lib/control/actor.ts';
import { appendAudit } from '#lib/control/audit.ts';
import { type ControlContext, inTransaction } from '#lib/control/control-context.ts';
import type { ControlDatabase, ControlTransaction } from '#lib/control/control-database.ts';
import { maskSecrets, openSecrets, sealSecrets } from '#lib/control/sealed-settings.ts';
import { invalidSettings } from '#lib/control/stored-settings.ts';

type Json = Record<string, unknown>;
const json = z.record(z.string(), z.unknown());

export interface InstanceGroup<T> {
  /** With secrets opened, for the server's own use. */
  read(context: ControlContext): Promise<T>;
  /** With secrets masked. */
  get(context: ControlContext, actor: Actor): Promise<T>;
  /** What is not mentioned stays, null returns to the default, a mask leaves its secret. 400 for what does not fit. */
  update(context: ControlContext, actor: Actor, patch: Json): Promise<T>;
}

/** The schema gives each setting a default and refuses names it does not know. */
export function makeInstanceGroup<S extends z.ZodType<Json>>(name: string, schema: S): InstanceGroup<z.output<S>> {
  const row = `instance.${name}`;
  // One process writes these: what it has read holds until it writes.
  const known = new WeakMap<ControlContext, z.output<S>>();
  const open = (context: ControlContext, stored: Json) => openSecrets(context.masterKey, row, stored);

  async function load(database: ControlDatabase | ControlTransaction): Promise<Json> {
    const setting = await database.setting.findUnique({ where: { name: row } });
    return setting === null ? {} : json.parse(JSON.parse(setting.value));
  }

  return {
    async read(context) {
      const before = known.get(context);
      if (before !== undefined) return before;
      const parsed = schema.safeParse(open(context, await load(context.database)));
      // Written by another version: signing in to mend it must stay possible.
      if (!parsed.success) context.logger.error({ group: name }, 'stored settings do not fit; the defaults are used');
      const value = parsed.success ? parsed.data : schema.parse({});
      known.set(context, value);
      return value;
    },
    async get(context, actor) {
      requirePlatformOwner(actor);
      return schema.parse(maskSecrets(await load(context.database)));
    },
    async update(context, actor, patch) {
      requirePlatformOwner(actor);
      const after = await inTransaction(context, async (transaction) => {
        const before = await load(transaction);
        const merged = { ...before, ...sealSecrets(context.masterKey, row, patch, before) };
        const next = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null && value !== undefined));
        const parsed = schema.safeParse(open(context, next));
        if (!parsed.success) throw refuse(name, parsed.error);
        const value = JSON.stringify(next);
        await transaction.setting.upsert({ where: { name: row }, create: { name: row, value }, update: { value } });
        // Names alone: a value may be a secret.
        const event = { action: `instance.${name}.update`, subject: name, after: { changed: Object.keys(patch) } };
        await appendAudit(transaction, context.masterKey, actor, event);
        return next;
      });
      known.delete(context);
      return schema.parse(maskSecrets(after));
    },
  };
}

function refuse(name: string, error: z.ZodError) {
  const [issue] = error.issues;
  return invalidSettings(`${[name, ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'invalid'}`);
}
