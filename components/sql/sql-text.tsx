/** One value of a row: null set apart, booleans as words. */

import type { SqlValue } from '#components/platform/use-query.ts';
import { toText } from '#components/sql/result-format.ts';

/** Longer texts are read in the sheet of the value. */
const mostText = 400;

export function SqlText({ value, type }: { value: SqlValue; type: string | null }) {
  if (value === null) return <span className="text-[11px] text-muted-foreground/90 italic">NULL</span>;
  const text = toText(value, type);
  if (type === 'boolean') return <span className={text === 'true' ? 'text-success' : 'text-code-keyword'}>{text}</span>;
  if (text === '') return <span className="text-muted-foreground/90">''</span>;
  return <>{text.length > mostText ? `${text.slice(0, mostText)}…` : text}</>;
}
