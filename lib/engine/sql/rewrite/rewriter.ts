/** One pass over the tree of a statement: names, calls, casts and values become pieces; operators are reduced after. */

import { quoteName, quoteText, toStringValue } from '#lib/engine/sql/quote.ts';
import { valueWords } from '#lib/engine/sql/rewrite/builtin-expressions.ts';
import { isQuery, rewriteCall, rewriteTableFunction } from '#lib/engine/sql/rewrite/calls.ts';
import { castPiece, readType } from '#lib/engine/sql/rewrite/cast.ts';
import { beforeRelation, callableKeywords, endsFrom, keywords } from '#lib/engine/sql/rewrite/keywords.ts';
import { isTableQuery, refuseMissing, refuseWriteInside } from '#lib/engine/sql/rewrite/missing-forms.ts';
import { denyMain, type Path, readPath, toColumn, toRelation, toRelationKey } from '#lib/engine/sql/rewrite/names.ts';
import { orderNulls } from '#lib/engine/sql/rewrite/null-order.ts';
import { reduceOperators } from '#lib/engine/sql/rewrite/operators.ts';
import { literalPiece, operand, type Piece, renderPieces } from '#lib/engine/sql/rewrite/piece.ts';
import { type Group, isGroup, isOperator, type Node, splitAtCommas, wordOf } from '#lib/engine/sql/rewrite/tree.ts';
import type { RewriteContext } from '#lib/engine/sql/rewrite-sql.ts';
import { SqlError } from '#lib/engine/sql-error.ts';

const typedLiterals = new Set(['date', 'timestamp', 'timestamptz', 'time', 'timetz', 'interval', 'json', 'jsonb', 'uuid']);

/** Where the pass stands within one list of nodes. */
interface Place {
  /** A relation's name comes next. */
  relationNext: boolean;
  inFrom: boolean;
  /** A list of column names comes next: `INSERT INTO t (…)`. */
  columnsNext: boolean;
  /** Inside `SET a = …`, where the name before `=` is a column. */
  inSet: boolean;
  /** The next `=` is no comparison. */
  assigns: boolean;
}

export class Rewriter {
  private readonly context: RewriteContext;
  private readonly builtinsOnly: boolean;
  /** Stored names of the relations met so far, in lower case. */
  readonly relations = new Set<string>();

  constructor(context: RewriteContext) {
    this.context = context;
    this.builtinsOnly = context.builtinsOnly ?? false;
  }

  render(nodes: readonly Node[], relationNext = false): string {
    return renderPieces(orderNulls(this.reduce(this.toPieces(nodes, relationNext))));
  }

  private reduce(pieces: Piece[]): Piece[] {
    return reduceOperators(pieces, this.builtinsOnly, this.context.isLongNumeric);
  }

  private toPieces(nodes: readonly Node[], relationNext: boolean): Piece[] {
    const pieces: Piece[] = [];
    const place: Place = { relationNext, inFrom: relationNext, columnsNext: false, inSet: false, assigns: false };
    for (let at = 0; at < nodes.length; ) at = this.step(nodes, at, pieces, place);
    return pieces;
  }

  /** Turns the nodes at `at` into pieces; returns where to go on. */
  private step(nodes: readonly Node[], at: number, pieces: Piece[], place: Place): number {
    const node = nodes[at] as Node;
    const previous = pieces.at(-1);
    if (node.type === 'group') {
      if (node.open === '[') {
        if (previous?.kind !== 'operand')
          throw new SqlError({
            sqlstate: '42601',
            message: 'syntax error at or near "["',
            line: node.token.line,
            column: node.token.column,
          });
        pieces[pieces.length - 1] = operand(previous.lead, subscript(previous.text, this.render(node.children)));
      } else {
        pieces.push(this.toGroup(node, place));
      }
      place.relationNext = false;
      place.columnsNext = false;
      return at + 1;
    }
    if (node.token.kind === 'operator') return this.stepOperator(nodes, at, pieces, place);
    const path = readPath(nodes, at);
    if (path !== null) {
      const word = path.parts.length === 1 ? wordOf(node) : null;
      if (word !== null) {
        const next = this.stepWord(word, nodes, at, pieces, place);
        if (next !== null) return next;
      }
      return this.stepPath(path, nodes, pieces, place, node.lead);
    }
    pieces.push(this.toValue(node.token.kind, node.token.text, node.lead));
    place.relationNext = false;
    return at + 1;
  }

  /** `('x')` and `(ARRAY[…])` are still that literal and that array to what follows. */
  private toGroup(node: Group, place: Place): Piece {
    const query = isQuery(node.children);
    refuseWriteInside(node.children);
    if (place.columnsNext && !query) return operand(node.lead, `(${renderNames(node.children)}${node.tail})`);
    const pieces = orderNulls(this.reduce(this.toPieces(node.children, place.relationNext && !query)));
    const only = pieces.length === 1 ? pieces[0] : undefined;
    return { ...only, kind: 'operand', lead: node.lead, text: `(${renderPieces(pieces)}${node.tail})` };
  }

  private toValue(kind: string, text: string, lead: string): Piece {
    if (kind === 'string') return literalPiece(lead, toStringValue(text));
    if (kind === 'number') return operand(lead, text.replaceAll('_', ''));
    const index = /^\$(\d+)$/.exec(text)?.[1];
    const name = index === undefined ? undefined : this.context.argumentNames?.[Number(index) - 1];
    if (name !== undefined) return operand(lead, toArgument(name === '' ? `$${index}` : name));
    return operand(lead, text);
  }

  private stepOperator(nodes: readonly Node[], at: number, pieces: Piece[], place: Place): number {
    const node = nodes[at] as Node;
    const previous = pieces.at(-1);
    if (isOperator(node, '::') && previous?.kind === 'operand') {
      const read = readType(nodes, at + 1);
      if (read !== null) {
        pieces[pieces.length - 1] = castPiece(previous, read.type, this.context);
        return read.next;
      }
    }
    if (isOperator(node, ',')) {
      place.relationNext = place.inFrom;
      if (place.inSet) place.columnsNext = true;
      place.assigns = place.inSet;
    } else place.columnsNext = false;
    const assigns = place.assigns && isOperator(node, '=');
    if (assigns) place.assigns = false;
    pieces.push({ kind: 'operator', lead: node.lead, text: node.token.text, ...(assigns && { assigns }) });
    return at + 1;
  }

  /** Words that mean more than a name; null when this one is just a name. */
  private stepWord(word: string, nodes: readonly Node[], at: number, pieces: Piece[], place: Place): number | null {
    const node = nodes[at] as Node;
    const next = nodes[at + 1];
    const lead = node.lead;
    if (word === 'case') {
      const end = findCaseEnd(nodes, at);
      if (end === null) return null;
      const inside = this.render(nodes.slice(at + 1, end));
      pieces.push(operand(lead, `CASE${/^\s/.test(inside) ? '' : ' '}${inside} END`));
      return end + 1;
    }
    if (word === 'array' && isGroup(next, '[')) {
      const elements = splitAtCommas(next.children).map((part) => this.renderElement(part).trim());
      pieces.push({ kind: 'operand', lead, text: `json_array(${elements.join(', ')})`, elements });
      return at + 2;
    }
    if (word === 'array' && isGroup(next, '(') && isQuery(next.children)) {
      pieces.push(
        operand(lead, `(WITH "~rows"(value) AS (${this.render(next.children)}) SELECT json_group_array(value) FROM "~rows")`),
      );
      return at + 2;
    }
    if (word === 'cast' && isGroup(next, '(')) {
      const as = next.children.findIndex((child) => wordOf(child) === 'as');
      const read = as === -1 ? null : readType(next.children, as + 1);
      if (read !== null) {
        const inner = next.children.slice(0, as);
        const pieces2 = this.reduce(this.toPieces(inner, false));
        const only = pieces2.length === 1 ? pieces2[0] : undefined;
        const value = only ?? operand('', `(${renderPieces(pieces2)})`);
        pieces.push({
          ...castPiece(value, read.type, this.context),
          lead,
        });
        return at + 2;
      }
    }
    if (typedLiterals.has(word) && next?.type === 'leaf' && next.token.kind === 'string') {
      pieces.push(castPiece(literalPiece(lead, toStringValue(next.token.text)), word, { builtinsOnly: this.builtinsOnly }));
      return at + 2;
    }
    if (word === 'at' && wordOf(next) === 'time' && wordOf(nodes[at + 2]) === 'zone') {
      // Moments are kept in UTC text; another zone cannot be told apart from it here, so only UTC is honest.
      const zone = nodes[at + 3];
      if (
        zone?.type === 'leaf' &&
        zone.token.kind === 'string' &&
        /^(?:utc|gmt|z|etc\/utc)$/i.test(toStringValue(zone.token.text))
      ) {
        const after = readType(nodes, at + 5);
        return isOperator(nodes[at + 4], '::') && after !== null ? after.next : at + 4;
      }
    }
    const followsDot = isOperator(nodes[at - 1], '.');
    if (word === 'table' && isTableQuery(nodes, at)) {
      place.relationNext = true;
      pieces.push({ kind: 'word', lead, text: 'SELECT * FROM' });
      return at + 1;
    }
    refuseMissing(word, nodes, at);
    if (Object.hasOwn(valueWords, word) && !followsDot && !isGroup(next, '(')) {
      pieces.push(operand(lead, valueWords[word] ?? word));
      return at + 1;
    }
    if (word === 'for' && /^(?:update|share|no|key)$/.test(wordOf(next) ?? '') && pieces.length > 0)
      return skipLocking(nodes, at);
    if (word === 'overriding' && wordOf(nodes[at + 2]) === 'value') return at + 3;
    if (word === 'offset' && !pieces.some((piece) => piece.kind === 'word' && piece.text.toLowerCase() === 'limit')) {
      const limit = nodes.slice(at).findIndex((later) => wordOf(later) === 'limit');
      if (limit !== -1) {
        // SQLite wants LIMIT first.
        pieces.push({ kind: 'word', lead, text: 'LIMIT' }, ...this.toPieces(nodes.slice(at + limit + 1), false));
        pieces.push({ kind: 'word', lead: ' ', text: 'OFFSET' }, ...this.toPieces(nodes.slice(at + 1, at + limit), false));
        return nodes.length;
      }
      if (place.inFrom || pieces.length > 0) pieces.push({ kind: 'word', lead, text: 'LIMIT -1' });
    }
    if ((word === 'true' || word === 'false' || word === 'null') && !followsDot) {
      pieces.push(operand(lead, node.type === 'leaf' ? node.token.text : word));
      return at + 1;
    }
    if (!keywords.has(word) || (isGroup(next, '(') && callableKeywords.has(word))) return null;
    if (word === 'in' && next?.type === 'leaf') place.relationNext = true;
    else if (beforeRelation.has(word)) place.relationNext = !isDistinctFrom(word, nodes, at);
    else if (word !== 'only' && word !== 'lateral') place.relationNext = false;
    if (word === 'from' && place.relationNext) place.inFrom = true;
    if (endsFrom.has(word)) place.inFrom = false;
    place.inSet = word === 'set';
    place.columnsNext = word === 'set';
    place.assigns = word === 'set';
    pieces.push({ kind: 'word', lead, text: node.type === 'leaf' ? node.token.text : word });
    return at + 1;
  }

  private stepPath(path: Path, nodes: readonly Node[], pieces: Piece[], place: Place, lead: string): number {
    if (!this.context.allowMain) denyMain(path);
    const call = nodes[path.next];
    if (isGroup(call, '(') && !this.isTarget(place, pieces)) return this.stepCall(path, call, nodes, pieces, place, lead);
    if (place.relationNext) {
      const relation = toRelation(path, this.hasAlias(nodes, path.next));
      this.relations.add(toRelationKey(path));
      const follows = pieces.at(-1);
      place.relationNext = false;
      place.columnsNext = follows?.kind === 'word' && follows.text.toLowerCase() === 'into';
      pieces.push(operand(lead, relation));
      return path.next;
    }
    const argument = place.columnsNext || isAlias(pieces) ? null : this.findArgument(path);
    place.columnsNext = false;
    pieces.push(operand(lead, argument ?? toColumn(path, this.context.allowMain ?? false)));
    return path.next;
  }

  /** `INSERT INTO t (a)` is no call of t. */
  private isTarget(place: Place, pieces: readonly Piece[]): boolean {
    const before = pieces.at(-1);
    return place.relationNext && before?.kind === 'word' && /^(?:into|update|table|in)$/i.test(before.text);
  }

  private stepCall(path: Path, group: Group, nodes: readonly Node[], pieces: Piece[], place: Place, lead: string): number {
    const names = path.parts.map((part) => (part.quoted ? part.text : part.text.toLowerCase()));
    const name =
      (names[0] === 'public' || names[0] === 'pg_catalog') && names.length > 1 ? names.slice(1).join('.') : names.join('.');
    const render = (inner: readonly Node[]) => this.render(inner);
    if (place.relationNext) {
      const alias = readAlias(nodes, path.next + 1);
      const rows = rewriteTableFunction(name, group.children, alias?.column ?? alias?.name ?? name, render);
      place.relationNext = false;
      if (rows !== null) {
        pieces.push(operand(lead, `${rows} AS ${quoteName(alias?.name ?? name)}`));
        return alias?.next ?? path.next + 1;
      }
    }
    let text = rewriteCall(name, group.children, render, this.builtinsOnly);
    if (text === null) {
      const called = path.parts.length > 1 || path.parts[0]?.quoted ? quoteName(name) : (path.parts[0]?.text ?? name);
      text = `${called}(${this.render(group.children)}${group.tail})`;
    }
    let next = path.next + 1;
    for (;;) {
      const word = wordOf(nodes[next]);
      const after = nodes[next + 1];
      if ((word !== 'filter' && word !== 'over') || after === undefined) break;
      if (isGroup(after, '(')) text += ` ${word.toUpperCase()} (${this.render(after.children)})`;
      else if (word === 'over' && after.type === 'leaf') text += ` OVER ${after.token.text}`;
      else break;
      next += 2;
    }
    pieces.push(operand(lead, text));
    return next;
  }

  /** `arg`, `fn.arg` and `arg.field` inside a function's body. */
  private findArgument(path: Path): string | null {
    const names = this.context.argumentNames;
    if (names === undefined) return null;
    const [first, second, third] = path.parts.map((part) => part.text.toLowerCase());
    const find = (name: string | undefined) => names.find((argument) => argument !== '' && argument.toLowerCase() === name);
    if (second === undefined) {
      const name = find(first);
      return name === undefined ? null : toArgument(name);
    }
    if (first === this.context.functionName?.toLowerCase()) {
      const name = find(second);
      if (name !== undefined) return third === undefined ? toArgument(name) : `(${toArgument(name)} ->> ${quoteText(third)})`;
    }
    const row = third === undefined ? find(first) : undefined;
    return row === undefined ? null : `(${toArgument(row)} ->> ${quoteText(second)})`;
  }

  private hasAlias(nodes: readonly Node[], at: number): boolean {
    const node = nodes[at];
    const word = wordOf(node);
    if (word === 'as') return true;
    return word !== null ? !keywords.has(word) : node?.type === 'leaf' && node.token.kind === 'quoted';
  }

  /** An element of ARRAY[…]; inner brackets are arrays too. */
  private renderElement(nodes: readonly Node[]): string {
    const [only] = nodes;
    if (nodes.length === 1 && isGroup(only, '[')) {
      return `json_array(${splitAtCommas(only.children)
        .map((part) => this.renderElement(part).trim())
        .join(', ')})`;
    }
    return this.render(nodes);
  }
}

/** `:arg_name`; a character SQLite does not take in a parameter becomes its code. */
export function toArgument(name: string): string {
  return `:arg_${name.replace(/[^\w]/g, (character) => `_${character.codePointAt(0)?.toString(16)}_`)}`;
}

function subscript(array: string, index: string): string {
  return /^\s*\d+\s*$/.test(index) ? `(${array} ->> ${Number(index) - 1})` : `(${array} ->> CAST((${index}) - 1 AS INTEGER))`;
}

function renderNames(nodes: readonly Node[]): string {
  return nodes.map((node) => (node.type === 'leaf' ? `${node.lead}${node.token.text}` : '')).join('');
}

function isAlias(pieces: readonly Piece[]): boolean {
  const before = pieces.at(-1);
  return before?.kind === 'word' && before.text.toLowerCase() === 'as';
}

function isDistinctFrom(word: string, nodes: readonly Node[], at: number): boolean {
  return word === 'from' && wordOf(nodes[at - 1]) === 'distinct' && /^(?:is|not)$/.test(wordOf(nodes[at - 2]) ?? '');
}

function findCaseEnd(nodes: readonly Node[], at: number): number | null {
  let depth = 0;
  for (let index = at; index < nodes.length; index += 1) {
    const word = wordOf(nodes[index]);
    if (word === 'case') depth += 1;
    else if (word === 'end') {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  return null;
}

/** `FOR [NO KEY] UPDATE [OF t] [NOWAIT | SKIP LOCKED]`: one writer needs no row locks. */
function skipLocking(nodes: readonly Node[], at: number): number {
  let next = at + 1;
  while (/^(?:update|share|no|key|of|nowait|skip|locked)$/.test(wordOf(nodes[next]) ?? ''))
    next += wordOf(nodes[next]) === 'of' ? 2 : 1;
  return next;
}

/** `AS x (c)` after a table function. */
function readAlias(nodes: readonly Node[], at: number): { name: string; column: string | null; next: number } | null {
  let next = wordOf(nodes[at]) === 'as' ? at + 1 : at;
  const node = nodes[next];
  const word = wordOf(node);
  if (node?.type !== 'leaf' || (word === null ? node.token.kind !== 'quoted' : keywords.has(word))) return null;
  const name = word ?? node.token.text.slice(1, -1);
  next += 1;
  const columns = nodes[next];
  if (!isGroup(columns, '(')) return { name, column: null, next };
  const first = columns.children[0];
  return { name, column: wordOf(first) ?? (first?.type === 'leaf' ? first.token.text.slice(1, -1) : null), next: next + 1 };
}
