/** `koyalite audit …`: whether the records of what was done are whole. */

import type { Command } from 'commander';
import { z } from 'zod';
import { CliError } from '../cli-error.ts';
import type { Bind, Context } from '../context.ts';
import { path } from '../platform-api.ts';

const verdictSchema = z.object({ ok: z.boolean(), entries: z.number(), first_bad_seq: z.number().nullable() });

export function addAudit(program: Command, bind: Bind): void {
  const audit = program.command('audit').description('the record of what was done');
  audit
    .command('verify [ref]')
    .description("check the platform's record, or the auth record of an environment, for changes")
    .action(bind(verifyAudit));
}

async function verifyAudit({ api, output }: Context, ref: string | undefined): Promise<void> {
  const at = ref === undefined ? '/audit/verify' : path`/projects/${ref}/auth/audit/verify`;
  const verdict = await api.call(at, verdictSchema);
  output.print(verdict, () =>
    verdict.ok ? `${verdict.entries} entries, whole and unaltered` : `${verdict.entries} entries hold`,
  );
  if (!verdict.ok) throw new CliError(`entry ${verdict.first_bad_seq} was altered, or the one before it is gone`);
}
