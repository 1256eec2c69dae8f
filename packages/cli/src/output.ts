/** What the command line prints: tables for people, one JSON document for programs. */

import { stringifyExact } from './exact-json.ts';

/** The outside of a run: the process in earnest, buffers in a test. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** All of standard input. */
  read(): Promise<string>;
  /** Asks a person; null when nobody is there to answer. A hidden answer is not shown while it is typed. */
  ask(question: string, hidden?: boolean): Promise<string | null>;
}

export class Output {
  readonly terminal: Terminal;
  readonly json: boolean;

  constructor(terminal: Terminal, json: boolean) {
    this.terminal = terminal;
    this.json = json;
  }

  /** With --json the value, otherwise the text made for people. */
  print(value: unknown, toText: () => string): void {
    this.terminal.out(`${this.json ? stringifyExact(value, 2) : toText()}\n`);
  }
}

/** Columns aligned, header underlined; `(0 rows)` stands for an empty table. */
export function toTable(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cells = rows.map((row) => columns.map((_, index) => toCell(row[index])));
  const header = columns.map(toCell);
  const widths = header.map((name, index) => Math.max(length(name), ...cells.map((row) => length(row[index] ?? ''))));
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - length(cell)))
      .join('  ')
      .trimEnd();
  const count = `(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`;
  return [line(header), widths.map((width) => '-'.repeat(width)).join('  '), ...cells.map(line), count].join('\n');
}

/** One value on one line. Control characters are shown, not sent: stored data must not steer a terminal. */
export function toCell(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  const text = typeof value === 'object' ? stringifyExact(value) : String(value);
  return text.replace(
    /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (character) => escapes[character] ?? toEscape(character),
  );
}

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function toEscape(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}

function length(text: string): number {
  return [...text].length;
}
