/** Dotted names: which relation or column `a.b.c` stands for. */

import { quoteName, toStringValue, unquoteName } from '#lib/engine/sql/quote.ts';
import { isOperator, type Node } from '#lib/engine/sql/rewrite/tree.ts';
import { denied } from '#lib/engine/sql/sql-problems.ts';
import { toStoredName } from '#lib/engine/sql/stored-name.ts';

export interface PathPart {
  readonly text: string;
  readonly quoted: boolean;
  /** As it stood in the statement. */
  readonly source: string;
}

export interface Path {
  readonly parts: readonly PathPart[];
  readonly next: number;
}

/** Reads `a`, `a.b`, `a.b.c` or `a.*`; null when no name stands at `from`. */
export function readPath(nodes: readonly Node[], from: number): Path | null {
  const parts: PathPart[] = [];
  let at = from;
  for (;;) {
    const part = toPart(nodes, at, parts.length > 0);
    if (part === null) return parts.length === 0 ? null : { parts, next: at };
    parts.push(part);
    at += 1;
    if (!isOperator(nodes[at], '.') || toPart(nodes, at + 1, true) === null) return { parts, next: at };
    at += 1;
  }
}

function toPart(nodes: readonly Node[], at: number, afterDot: boolean): PathPart | null {
  const node = nodes[at];
  if (node?.type !== 'leaf') return null;
  const { kind, text } = node.token;
  if (kind === 'word') return { text, quoted: false, source: text };
  if (kind === 'quoted') return { text: unquoteName(text), quoted: true, source: text };
  if (afterDot && kind === 'operator' && text === '*') return { text, quoted: false, source: text };
  // SQLite takes `'t'.'a'` for names.
  if (kind === 'string' && (afterDot || isOperator(nodes[at + 1], '.'))) {
    const value = toStringValue(text);
    return { text: value, quoted: true, source: quoteName(value) };
  }
  return null;
}

/** `main.` and `temp.` would reach behind the walls. */
export function denyMain(path: Path): void {
  const schema = path.parts.length > 1 ? path.parts[0]?.text.toLowerCase() : undefined;
  if (schema === 'main' || schema === 'temp') {
    throw denied(`permission denied for schema ${schema}`, 'Name tables without a schema, or with public.');
  }
}

/** A relation as SQLite names it; one stored under another name keeps its own as alias unless it is given one. */
export function toRelation(path: Path, hasAlias: boolean): string {
  const [first, second] = path.parts;
  if (first === undefined) return '';
  if (second === undefined) return first.source;
  const schema = first.quoted ? first.text : first.text.toLowerCase();
  if (schema === 'main' || schema === 'temp') return `${schema}.${quoteName(second.text)}`;
  const name = second.quoted ? second.text : second.text.toLowerCase();
  const stored = toStoredName(schema, name);
  return stored === name || hasAlias ? quoteName(stored) : `${quoteName(stored)} AS ${quoteName(name)}`;
}

/** `public.t.a` loses its schema; `t.a` and `a` stay. */
export function toColumn(path: Path, allowMain: boolean): string {
  const keepsSchema = allowMain && path.parts.length > 1;
  const parts = path.parts.length > 2 && !keepsSchema ? path.parts.slice(-2) : path.parts;
  return parts.map((part) => part.source).join('.');
}

/** The relation's stored name in lower case. */
export function toRelationKey(path: Path): string {
  const [first, second] = path.parts;
  if (first === undefined) return '';
  if (second === undefined) return first.text.toLowerCase();
  return toStoredName(first.text.toLowerCase(), second.text.toLowerCase());
}
