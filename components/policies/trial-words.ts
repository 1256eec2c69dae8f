/** What decided about a row, and what a trial as a whole came to, in words. */

import type { Trial, TrialQuestion } from '#components/platform/use-policies.ts';

const verbs = { select: 'read', insert: 'add', update: 'change', delete: 'delete' };

/** `2 of 10 rows`. */
export function toSummary(trial: Trial, { as, command }: TrialQuestion): string {
  const { allowed, scanned } = trial;
  const rows = `${allowed.toLocaleString('en')} of ${scanned.toLocaleString('en')} ${scanned === 1 ? 'row' : 'rows'}`;
  if (command === 'insert') return `${as} could have added ${rows} as they are`;
  return `${as} may ${verbs[command]} ${rows}`;
}

/** Why all rows fare alike, or null when policies decide one by one. */
export function toOverall({ walled, granted, policies }: Trial, { as, command }: TrialQuestion): string | null {
  if (!granted) return `${as} has no privilege to ${verbs[command]} rows of this table: every such request is refused.`;
  if (!walled) return 'Row-level security does not apply: it is off for this table, or the role passes it.';
  const admitting = policies.filter((policy) => policy.permissive && policy.command === command);
  if (admitting.length === 0) return `No permissive policy is for ${command.toUpperCase()} and ${as}: nothing passes.`;
  return null;
}

/** The policy that admitted a row, or what kept it out. */
export function toReason(trial: Trial, row: Trial['rows'][number], command: TrialQuestion['command']): string {
  if (!trial.walled) return row.allowed ? 'not protected' : '';
  const judged = trial.policies.map((policy, index) => ({ ...policy, holds: row.verdicts[index] === true }));
  const reasons: string[] = [];
  for (const by of new Set([command, ...judged.map((policy) => policy.command)])) {
    const own = judged.filter((policy) => policy.command === by);
    const suffix = by === command ? '' : ` (${by})`;
    const admitting = own.filter((policy) => policy.permissive && policy.holds);
    const forbidding = own.filter((policy) => !policy.permissive && !policy.holds);
    const isAdmitted = admitting.length > 0 && forbidding.length === 0;
    if (isAdmitted && row.allowed) reasons.push(`by ${admitting.map((policy) => policy.name).join(', ')}${suffix}`);
    if (row.allowed) continue;
    if (forbidding.length > 0) reasons.push(`stopped by ${forbidding.map((policy) => policy.name).join(', ')}${suffix}`);
    else if (admitting.length === 0) reasons.push(`no policy admits it${suffix}`);
  }
  if (!row.allowed && command !== 'select' && command !== 'insert' && !judged.some((policy) => policy.command === 'select')) {
    reasons.push('it cannot be seen (select)');
  }
  return reasons.join('; ');
}
