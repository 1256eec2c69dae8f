/** The committed types are those of the committed document; the generator itself is not needed to know. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { toHeader } from '../generated-header.ts';

test('platform.gen.ts is current (`npm run generate` renews it)', () => {
  const document = readFileSync(new URL('../generated/openapi.json', import.meta.url), 'utf8');
  const file = readFileSync(new URL('platform.gen.ts', import.meta.url), 'utf8');
  const types = file.slice(file.indexOf('export interface paths'));
  expect(file).toBe(toHeader(document, types) + types);
});
