/** The committed types are those of the committed document. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generateTypes } from '../generate-types.ts';

test('platform.gen.ts is current (`npm run generate` renews it)', async () => {
  expect(readFileSync(new URL('platform.gen.ts', import.meta.url), 'utf8')).toBe(await generateTypes());
});
