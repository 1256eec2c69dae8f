/** `order=name.desc.nullslast,data->>age,author(name).asc`. */

import type { PathStep } from '#lib/engine/plan/plan.ts';
import { parseFieldPath } from '#lib/services/rest/parse/parse-path.ts';
import { createScanner, parseName } from '#lib/services/rest/parse/scanner.ts';

export interface OrderItem {
  /** Order by a column of this to-one embed. */
  readonly relation: string | null;
  readonly name: string;
  readonly steps: readonly PathStep[];
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export function parseOrder(text: string): OrderItem[] {
  const scanner = createScanner(text, 'order');
  const items: OrderItem[] = [];
  do {
    const field = parseFieldPath(scanner);
    let relation: string | null = null;
    let { name, steps } = field;
    if (scanner.take('(')) {
      relation = field.name;
      ({ name, steps } = parseFieldPath(scanner));
      scanner.expect(')');
    }
    let descending: boolean | null = null;
    let nulls: 'nullsfirst' | 'nullslast' | null = null;
    while (scanner.take('.')) {
      const word = scanner.match(/[a-z]+/y);
      if ((word === 'asc' || word === 'desc') && descending === null && nulls === null) descending = word === 'desc';
      else if ((word === 'nullsfirst' || word === 'nullslast') && nulls === null) nulls = word;
      else scanner.fail('asc, desc, nullsfirst or nullslast');
    }
    const isDescending = descending ?? false;
    items.push({
      relation,
      name,
      steps,
      descending: isDescending,
      nullsFirst: nulls === null ? isDescending : nulls === 'nullsfirst',
    });
  } while (scanner.take(','));
  if (!scanner.atEnd()) scanner.fail('"," or end of input');
  return items;
}

/** `columns=` and `on_conflict=`: a list of names. */
export function parseNames(text: string, part: 'columns parameter' | 'on_conflict parameter'): string[] {
  const scanner = createScanner(text, part);
  const names: string[] = [];
  do names.push(parseName(scanner));
  while (scanner.take(','));
  if (!scanner.atEnd()) scanner.fail('"," or end of input');
  return names;
}
