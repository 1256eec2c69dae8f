/** The clauses of an INSERT, UPDATE or DELETE, found at the top level of the statement. */

import { toName } from '#lib/engine/sql/quote.ts';
import { isTrivia, type Token, tokenize } from '#lib/engine/sql/tokenize.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

export interface DataStatement {
  readonly source: string;
  readonly table: string;
  readonly alias: string | null;
  /** Columns an INSERT names or an UPDATE sets. */
  readonly columns: readonly string[];
  /** UPDATE: expression by lower-case column. */
  readonly assignments: ReadonlyMap<string, string>;
  /** UPDATE … FROM. */
  readonly from: string;
  readonly where: string;
  /** INSERT: its SELECT or VALUES. */
  readonly rows: string;
  readonly conflict: Conflict | null;
  /** With the keyword in front, and a space before it; empty when absent. */
  readonly returning: string;
}

export interface Conflict {
  /** `(id)` or `(id) where …`; empty when none is named. */
  readonly target: string;
  /** DO UPDATE: expression by lower-case column; null = DO NOTHING. */
  readonly assignments: ReadonlyMap<string, string> | null;
  /** DO UPDATE … WHERE. */
  readonly where: string;
}

export function splitDataStatement(verb: 'insert' | 'update' | 'delete', sql: string): DataStatement {
  const tokens = tokenize(sql.trim().replace(/;\s*$/, ''));
  const reader = createReader(tokens);
  reader.skipWord(verb);
  if (verb === 'insert' || verb === 'delete') reader.skipWord(verb === 'insert' ? 'into' : 'from');
  const table = reader.readName();
  const alias = reader.readAlias();
  const columns = verb === 'insert' ? reader.readColumns() : [];
  const clauses = splitClauses(tokens.slice(reader.position()), verb);
  const stray = clauses.get('') ?? '';
  // What is read past would change more rows than the person meant: a LIMIT, a USING.
  if (stray !== '') throw new SqlError({ sqlstate: '42601', message: `syntax error at or near "${stray.split(/\s/, 1)[0]}"` });
  if (clauses.has('using'))
    throw new SqlError({
      sqlstate: '0A000',
      message: 'DELETE … USING cannot run as another role',
      hint: 'Use WHERE EXISTS (SELECT …).',
    });
  const assignments = verb === 'update' ? readAssignments(clauses.get('set') ?? '') : new Map<string, string>();
  const conflict = clauses.get('on conflict');
  const returning = clauses.get('returning');
  return {
    source: sql,
    table,
    alias,
    columns: verb === 'update' ? [...assignments.keys()] : columns,
    assignments,
    from: clauses.get('from') ?? '',
    where: clauses.get('where') ?? '',
    rows: clauses.get('rows') ?? '',
    conflict: conflict === undefined ? null : splitConflict(conflict),
    returning: returning === undefined ? '' : ` RETURNING ${withoutQualifiedStars(returning)}`,
  };
}

function createReader(tokens: readonly Token[]) {
  let at = 0;
  const peek = (): Token | undefined => {
    for (let token = tokens[at]; token !== undefined && isTrivia(token); token = tokens[at]) at += 1;
    return tokens[at];
  };
  const isWord = (word: string) => peek()?.text.toLowerCase() === word;
  const readName = (): string => {
    const token = peek();
    if (token === undefined || (token.kind !== 'word' && token.kind !== 'quoted')) {
      throw new SqlError({ sqlstate: '42601', message: `syntax error at or near "${token?.text ?? 'end of input'}"` });
    }
    at += 1;
    return toName(token);
  };
  return {
    position: () => at,
    readName,
    skipWord(word: string) {
      if (!isWord(word))
        throw new SqlError({
          sqlstate: '42601',
          message: `syntax error at or near "${peek()?.text ?? 'end of input'}"`,
          hint: `Expected ${word.toUpperCase()}.`,
        });
      at += 1;
    },
    readAlias(): string | null {
      if (isWord('as')) {
        at += 1;
        return readName();
      }
      const token = peek();
      const reserved = /^(set|where|from|values|select|with|returning|default|on|using)$/i;
      return token !== undefined && (token.kind === 'quoted' || (token.kind === 'word' && !reserved.test(token.text)))
        ? readName()
        : null;
    },
    readColumns(): string[] {
      if (!isWord('(')) return [];
      const names: string[] = [];
      do {
        at += 1;
        names.push(readName());
      } while (isWord(','));
      at += 1;
      return names;
    },
  };
}

const starts: Readonly<Record<string, readonly string[]>> = {
  insert: ['returning'],
  update: ['set', 'from', 'where', 'returning'],
  delete: ['using', 'where', 'returning'],
};

function splitClauses(tokens: readonly Token[], verb: string): Map<string, string> {
  const clauses = new Map<string, string>();
  let clause = verb === 'insert' ? 'rows' : '';
  let depth = 0;
  let skip = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.text === '(') depth += 1;
    else if (token.text === ')') depth -= 1;
    const word = depth === 0 && token.kind === 'word' ? token.text.toLowerCase() : '';
    if (skip > 0) {
      skip -= 1;
      continue;
    }
    if (starts[verb]?.includes(word)) {
      clause = word;
      continue;
    }
    const following = tokens.slice(index + 1).filter((item) => !isTrivia(item))[0];
    if (verb === 'insert' && word === 'on' && following?.text.toLowerCase() === 'conflict') {
      clause = 'on conflict';
      skip = tokens.indexOf(following) - index;
      continue;
    }
    clauses.set(clause, (clauses.get(clause) ?? '') + token.text);
  }
  return new Map([...clauses].map(([name, text]) => [name, text.trim()]));
}

function splitConflict(text: string): Conflict {
  const match = /^([\s\S]*?)\bdo\s+(nothing|update)\b([\s\S]*)$/i.exec(text);
  const [, target = '', action = '', rest = ''] = match ?? [];
  if (match === null || /\bon\s+conflict\b/i.test(rest))
    throw new SqlError({ sqlstate: '0A000', message: 'several ON CONFLICT clauses cannot run as another role' });
  if (action.toLowerCase() === 'nothing') return { target: target.trim(), assignments: null, where: '' };
  const clauses = splitClauses(tokenize(rest.trim()), 'update');
  return { target: target.trim(), assignments: readAssignments(clauses.get('set') ?? ''), where: clauses.get('where') ?? '' };
}

/** SQLite's RETURNING knows `*` but no `t.*`; there is one table it could mean. */
function withoutQualifiedStars(text: string): string {
  return text.replace(/("(?:[^"]|"")*"|[\w$]+)\s*\.\s*\*/g, '*');
}

function readAssignments(text: string): Map<string, string> {
  const assignments = new Map<string, string>();
  for (const part of splitAtCommas(text)) {
    const match = /^\s*("(?:[^"]|"")*"|[\w$]+)\s*=([\s\S]*)$/.exec(part);
    if (match?.[1] === undefined)
      throw new SqlError({ sqlstate: '0A000', message: 'SET of several columns at once cannot run as another role' });
    const name = match[1].startsWith('"') ? match[1].slice(1, -1).replaceAll('""', '"') : match[1];
    assignments.set(name.toLowerCase(), `(${match[2]?.trim() ?? 'NULL'})`);
  }
  return assignments;
}

function splitAtCommas(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const token of tokenize(text)) {
    if (token.text === '(') depth += 1;
    else if (token.text === ')') depth -= 1;
    if (token.text === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += token.text;
  }
  return parts;
}
