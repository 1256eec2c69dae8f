/** `koyalite audit …`: whether the records of what was done are whole. */

import type { Command } from 'commander';
import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import type { Bind, Context } from '../context.ts';
import { toCell } from '../output.ts';
import { path } from '../platform-api.ts';

const restoreSchema = z.object({
  at: z.string(),
  by: z.string(),
  reason: z.string(),
  shared_seq: z.number(),
  former: z.object({ seq: z.number(), hash: z.string() }),
  accepted: z.object({ seq: z.number(), hash: z.string() }),
  in_platform_record: z.boolean(),
});
const verdictSchema = z.object({
  ok: z.boolean(),
  entries: z.number(),
  first_bad_seq: z.number().nullable(),
  /** Of environments. */
  restores: z.array(restoreSchema).optional(),
});

export function addAudit(program: Command, bind: Bind): void {
  const audit = program.command('audit').description('the record of what was done');
  audit
    .command('verify [ref]')
    .description("check the platform's record, or the auth record of an environment, for changes")
    .action(bind(verifyAudit));
  audit
    .command('accept-restore <ref>')
    .description('stand by an older copy of an environment that was put back; what it gives up stays on record')
    .requiredOption('--reason <text>', 'goes on record')
    .action(bind(acceptRestore));
}

async function verifyAudit({ api, output }: Context, ref: string | undefined): Promise<void> {
  const at = ref === undefined ? '/audit/verify' : path`/projects/${ref}/auth/audit/verify`;
  const verdict = await api.call(at, verdictSchema);
  output.print(verdict, () =>
    [
      verdict.ok ? `${verdict.entries} entries, whole and unaltered` : `${verdict.entries} entries hold`,
      ...(verdict.restores ?? []).map(toGap),
    ].join('\n'),
  );
  if (verdict.ok) return;
  const hint =
    ref === undefined ? null : `after putting back an older copy: koyalite audit accept-restore ${ref} --reason <text>`;
  throw new CliError(`entry ${verdict.first_bad_seq} was altered, or the one before it is gone`, hint);
}

async function acceptRestore({ api, output }: Context, ref: string, { reason }: { reason: string }): Promise<void> {
  const at = path`/projects/${ref}/auth/audit/accept-restore`;
  const restore = await api.call(at, restoreSchema, { method: 'POST', json: { reason } });
  output.print(restore, () => toGap(restore));
}

/** What was given up, in one line. */
function toGap({ at, by, reason, shared_seq, former, in_platform_record }: z.infer<typeof restoreSchema>): string {
  const given = `entries after ${shared_seq}, up to ${former.seq}, of the former record were given up`;
  const warning = in_platform_record ? '' : " (the platform's record does not tell: koyalite audit verify)";
  return `restored: ${given} at ${toCell(at)} by ${toCell(by)}: ${toCell(reason)}${warning}`;
}
