/** Reads a statement's tokens left to right, skipping space and comments. */

import { quoteName, toStringValue, unquoteName } from '#lib/engine/sql/quote.ts';
import { syntaxError } from '#lib/engine/sql/sql-problems.ts';
import { isTrivia, type Token } from '#lib/engine/sql/tokenize.ts';

export interface QualifiedName {
  readonly schema: string;
  readonly name: string;
}

export class Cursor {
  private readonly all: readonly Token[];
  private readonly significant: readonly number[];
  private position = 0;

  private readonly foldsCase: boolean;

  /** `foldsCase` false keeps bare identifiers as written: for DDL that SQLite stored. */
  constructor(tokens: readonly Token[], foldsCase = true) {
    this.all = tokens;
    this.foldsCase = foldsCase;
    this.significant = tokens.flatMap((token, index) => (isTrivia(token) ? [] : [index]));
  }

  get done(): boolean {
    return this.position >= this.significant.length;
  }

  peek(ahead = 0): Token | null {
    const index = this.significant[this.position + ahead];
    return index === undefined ? null : (this.all[index] ?? null);
  }

  next(): Token {
    const token = this.peek();
    if (token === null) throw syntaxError(null);
    this.position += 1;
    return token;
  }

  mark(): number {
    return this.position;
  }

  reset(mark: number): void {
    this.position = mark;
  }

  /** The tokens between two marks with everything that stands between them. */
  between(from: number, to: number): Token[] {
    const start = this.significant[from];
    const end = this.significant[to - 1];
    return start === undefined || end === undefined || to <= from ? [] : this.all.slice(start, end + 1);
  }

  textSince(mark: number): string {
    return this.between(mark, this.position)
      .map((token) => token.text)
      .join('');
  }

  /** True when the next tokens are these words, in this order. */
  at(...words: string[]): boolean {
    return words.every((word, index) => {
      const token = this.peek(index);
      return (
        token !== null &&
        (token.kind === 'word' ? token.text.toLowerCase() === word : token.kind === 'operator' && token.text === word)
      );
    });
  }

  /** Consumes these words when they come next. */
  accept(...words: string[]): boolean {
    if (!this.at(...words)) return false;
    this.position += words.length;
    return true;
  }

  expect(...words: string[]): void {
    for (const word of words) if (!this.accept(word)) throw syntaxError(this.peek());
  }

  end(): void {
    if (!this.done) throw syntaxError(this.peek());
  }

  name(): string {
    const token = this.next();
    if (token.kind === 'quoted') return unquoteName(token.text);
    if (token.kind === 'word') return this.foldsCase ? token.text.toLowerCase() : token.text;
    // SQLite takes a single-quoted string for a name; files made elsewhere hold such DDL.
    if (token.kind === 'string' && token.text.startsWith("'")) return toStringValue(token.text);
    throw syntaxError(token);
  }

  qualifiedName(): QualifiedName {
    const first = this.name();
    if (!this.accept('.')) return { schema: 'public', name: first };
    return { schema: first, name: this.name() };
  }

  string(): string {
    const token = this.next();
    if (token.kind !== 'string') throw syntaxError(token);
    return toStringValue(token.text);
  }

  /** The text inside the parentheses that come next. */
  parenthesised(): string {
    return this.parenthesisedTokens()
      .map((token) => token.text)
      .join('')
      .trim();
  }

  parenthesisedTokens(): Token[] {
    this.expect('(');
    const from = this.position;
    let depth = 1;
    while (depth > 0) {
      const token = this.next();
      if (token.text === '(') depth += 1;
      if (token.text === ')') depth -= 1;
    }
    return this.between(from, this.position - 1);
  }

  /** `(a, "b c")`. */
  nameList(): string[] {
    this.expect('(');
    const names = [this.name()];
    while (this.accept(',')) names.push(this.name());
    this.expect(')');
    return names;
  }

  /** Consumes up to a top-level token that `stop` accepts, or the end; returns the text. */
  until(stop: (cursor: Cursor) => boolean): string {
    const from = this.position;
    let depth = 0;
    while (!this.done && !(depth === 0 && stop(this))) {
      const token = this.next();
      if (token.text === '(' || token.text === '[') depth += 1;
      if (token.text === ')' || token.text === ']') depth -= 1;
      if (depth < 0) throw syntaxError(token);
    }
    return this.textSince(from);
  }

  rest(): string {
    return this.until(() => false);
  }
}

/** `public.t` as `"t"`, for messages and DDL that name one relation. */
export function toQuotedRelation(name: QualifiedName): string {
  return name.schema === 'public' ? quoteName(name.name) : `${quoteName(name.schema)}.${quoteName(name.name)}`;
}
