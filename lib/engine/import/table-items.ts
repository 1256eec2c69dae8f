/** The columns and constraints of a `CREATE TABLE`, with the places a constraint's name would go. */

import { type SqliteToken, unquoteName } from '#lib/engine/import/sqlite-tokens.ts';

export interface ColumnItem {
  readonly kind: 'column';
  readonly name: string;
}

export interface ConstraintItem {
  readonly kind: 'pkey' | 'key' | 'fkey' | 'check';
  /** Null when it was given none. */
  readonly name: string | null;
  /** Index of its first keyword among the tokens. */
  readonly at: number;
  /** The columns it is over; for a check, none. */
  readonly columns: readonly string[];
  /** Every name in the parentheses after it, lower case. */
  readonly mentions: ReadonlySet<string>;
}

export type TableItem = ColumnItem | ConstraintItem;

interface Placed {
  readonly token: SqliteToken;
  readonly index: number;
}

const kinds: ReadonlyMap<string, ConstraintItem['kind']> = new Map([
  ['PRIMARY', 'pkey'],
  ['UNIQUE', 'key'],
  ['REFERENCES', 'fkey'],
  ['FOREIGN', 'fkey'],
  ['CHECK', 'check'],
]);

export function findItems(tokens: readonly SqliteToken[]): TableItem[] {
  return splitBody(tokens).flatMap((item) => readItem(item));
}

/** The tokens between the outermost parentheses, cut at the commas between them; blanks left out. */
function splitBody(tokens: readonly SqliteToken[]): Placed[][] {
  const items: Placed[][] = [[]];
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'blank') continue;
    if (token.text === ')') depth -= 1;
    if (depth === 0 && token.text === ')') break;
    if (depth === 1 && token.text === ',') items.push([]);
    else if (depth > 0) items.at(-1)?.push({ token, index });
    if (token.text === '(') depth += 1;
  }
  return items;
}

function readItem(item: readonly Placed[]): TableItem[] {
  const first = item[0];
  if (first === undefined) return [];
  const column = startsConstraint(first.token) ? null : unquoteName(first.token.text);
  const found: TableItem[] = column === null ? [] : [{ kind: 'column', name: column }];
  let foreignKey = false;
  for (const [position, { token, index }] of item.entries()) {
    const kind = token.kind === 'word' && isOutside(item, position) ? kinds.get(token.text.toUpperCase()) : undefined;
    if (kind === undefined || (position === 0 && column !== null)) continue;
    const word = token.text.toUpperCase();
    // The REFERENCES of a FOREIGN KEY is part of it, not a constraint of its own.
    if (foreignKey && word === 'REFERENCES') continue;
    foreignKey = word === 'FOREIGN';
    const group = groupAfter(item, position);
    found.push({
      kind,
      name: nameBefore(item, position),
      at: index,
      columns: kind === 'check' ? [] : column !== null ? [column] : firstOfEach(group),
      mentions: new Set(group.map((placed) => unquoteName(placed.token.text).toLowerCase())),
    });
  }
  return found;
}

function startsConstraint(token: SqliteToken): boolean {
  const word = token.kind === 'word' ? token.text.toUpperCase() : '';
  return word === 'CONSTRAINT' || (kinds.has(word) && word !== 'REFERENCES');
}

/** Whether no parenthesis opened within the item encloses this position. */
function isOutside(item: readonly Placed[], position: number): boolean {
  let depth = 0;
  for (const { token } of item.slice(0, position)) {
    if (token.text === '(') depth += 1;
    else if (token.text === ')') depth -= 1;
  }
  return depth === 0;
}

function nameBefore(item: readonly Placed[], position: number): string | null {
  const name = item[position - 1]?.token;
  const keyword = item[position - 2]?.token;
  return name && keyword?.kind === 'word' && keyword.text.toUpperCase() === 'CONSTRAINT' ? unquoteName(name.text) : null;
}

/** What stands in the next parentheses, them left out. */
function groupAfter(item: readonly Placed[], position: number): Placed[] {
  const group: Placed[] = [];
  let depth = 0;
  for (const placed of item.slice(position)) {
    if (placed.token.text === ')' && --depth === 0) break;
    if (depth > 0) group.push(placed);
    if (placed.token.text === '(') depth += 1;
  }
  return group;
}

/** The first name of each comma-separated part: the columns of a key. */
function firstOfEach(group: readonly Placed[]): string[] {
  return group.flatMap(({ token }, position) => {
    const starts = position === 0 || (group[position - 1]?.token.text === ',' && isOutside(group, position));
    return starts ? [unquoteName(token.text)] : [];
  });
}
