/**
 * Whether compiling a text could take long by itself. SQLite puts the columns of a sub-query where they are named, so that
 * a column named twice in each of thirty nested queries becomes a billion expressions before anything runs.
 */

const limit = 5000;

/** An upper bound by counting: each query can multiply by how often it names one thing, and the names are as they are. */
export function mayExpand(sql: string): boolean {
  const words = sql.toLowerCase().match(/[a-z_][\w$]*/g) ?? [];
  const levels = Math.min(words.filter((word) => word === 'select').length - 1, 64);
  if (levels < 1) return false;
  const counts = new Map<string, number>();
  for (const word of words) if (!keywords.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const parts = [...counts.values()].filter((count) => count > 2).map((count) => ({ count, over: 0 }));
  let product = 1;
  // The largest product of as many factors as there are queries: each is given to the name it gains most from.
  for (let level = 0; level < levels && product <= limit; level += 1) {
    const gains = parts.map(({ count, over }) => share(count, over + 1) / share(count, over));
    const best = Math.max(1, ...gains);
    const part = parts[gains.indexOf(best)];
    if (part === undefined || best <= 1) break;
    part.over += 1;
    product *= best;
  }
  return product > limit;
}

/** What naming something so often is worth, spread over this many queries. */
function share(count: number, over: number): number {
  return over === 0 ? 1 : (count / over) ** over;
}

const keywords = new Set(
  'select from where and or not as on join left in is null insert into values update set delete returning case when then else end by order group limit exists with recursive union all asc desc over count sum max min coalesce true false json_object materialized main'.split(
    ' ',
  ),
);
