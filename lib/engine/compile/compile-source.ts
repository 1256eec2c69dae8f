/** Function calls as the FROM of a select. */

import type { Emitter } from '#lib/engine/compile/statement.ts';
import type { Link, Source } from '#lib/engine/plan/plan.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export type CallSource =
  | Extract<Source, { kind: 'call' }>
  | { readonly kind: 'computed'; readonly computed: NonNullable<Link['computed']>; readonly parentAlias: string };

export function callSource(_source: CallSource, _emitter: Emitter, _link: Link | null): string {
  throw new SqlError({ sqlstate: '0A000', message: 'functions cannot be read from yet' });
}
