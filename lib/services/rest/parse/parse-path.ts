/** JSON paths: `data->a->>b`, `data->0`, `data->>"odd key"`. */

import type { PathStep } from '#lib/engine/plan/plan.ts';
import { parseName, type Scanner } from '#lib/services/rest/parse/scanner.ts';

const index = /-?\d+(?=->|::|[.,)]|$)/y;
const bareKey = /(?:[^(\-:.,>)]|-(?!>))+/y;

export interface FieldPath {
  readonly name: string;
  readonly steps: readonly PathStep[];
}

export function parseFieldPath(scanner: Scanner): FieldPath {
  return { name: parseName(scanner), steps: parseSteps(scanner) };
}

export function parseSteps(scanner: Scanner): PathStep[] {
  const steps: PathStep[] = [];
  while (scanner.take('->')) {
    const asText = scanner.take('>');
    const number = scanner.match(index);
    if (number !== null) steps.push({ key: Number(number), asText });
    else if (scanner.peek() === '"') steps.push({ key: parseName(scanner), asText });
    else {
      const key = scanner.match(bareKey);
      if (key === null) return scanner.fail('any non reserved character different from: .,>()');
      steps.push({ key, asText });
    }
  }
  return steps;
}
