/** Whether a tsvector satisfies a text search query. */

import type { TextQuery } from '#lib/engine/functions/text-query.ts';
import type { Lexemes } from '#lib/engine/types/tsvector-literal.ts';

type Word = Extract<TextQuery, { kind: 'word' }>;

export function matchText(lexemes: Lexemes, query: TextQuery): boolean {
  switch (query.kind) {
    case 'word':
      return occurrences(lexemes, query).length > 0;
    case 'not':
      return !matchText(lexemes, query.item);
    case 'and':
      return matchText(lexemes, query.left) && matchText(lexemes, query.right);
    case 'or':
      return matchText(lexemes, query.left) || matchText(lexemes, query.right);
    case 'phrase': {
      const found = endings(lexemes, query);
      return found.except ? true : found.positions.size > 0;
    }
  }
}

function occurrences(lexemes: Lexemes, word: Word): { positions: number[] }[] {
  const found: { positions: number[] }[] = [];
  const add = (lexeme: string) => {
    const entries = lexemes.get(lexeme);
    if (!entries) return;
    const fitting = entries.filter(({ weight }) => word.weights === '' || word.weights.includes(weight));
    if (word.weights === '' || fitting.length > 0) found.push({ positions: fitting.map(({ position }) => position) });
  };
  if (word.prefix) {
    for (const lexeme of lexemes.keys()) if (lexeme.startsWith(word.lexeme)) add(lexeme);
  } else add(word.lexeme);
  return found;
}

/** Where a phrase operand ends: at these positions, or (`except`) anywhere but at them. */
interface Endings {
  readonly except: boolean;
  readonly positions: ReadonlySet<number>;
}

function endings(lexemes: Lexemes, query: TextQuery): Endings {
  switch (query.kind) {
    case 'word':
      return { except: false, positions: new Set(occurrences(lexemes, query).flatMap(({ positions }) => positions)) };
    case 'not': {
      const inner = endings(lexemes, query.item);
      return { except: !inner.except, positions: inner.positions };
    }
    case 'and':
      return intersect(endings(lexemes, query.left), endings(lexemes, query.right));
    case 'or': {
      const [left, right] = [endings(lexemes, query.left), endings(lexemes, query.right)];
      const neither = intersect({ ...left, except: !left.except }, { ...right, except: !right.except });
      return { ...neither, except: !neither.except };
    }
    case 'phrase': {
      const left = endings(lexemes, query.left);
      const shifted = new Set([...left.positions].map((position) => position + query.distance));
      return intersect({ except: left.except, positions: shifted }, endings(lexemes, query.right));
    }
  }
}

function intersect(a: Endings, b: Endings): Endings {
  if (a.except && b.except) return { except: true, positions: new Set([...a.positions, ...b.positions]) };
  if (a.except) return intersect(b, a);
  return { except: false, positions: new Set([...a.positions].filter((position) => b.positions.has(position) !== b.except)) };
}
