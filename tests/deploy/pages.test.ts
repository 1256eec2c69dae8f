/** Every page of a project answers at every project's address. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import config from '../../next.config.ts';

test('the rewrites name the pages there are', async () => {
  const folder = join(import.meta.dirname, '../../app/(dashboard)/projects/[ref]');
  const pages = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  const rewrites = await config.rewrites?.();
  const sources = Array.isArray(rewrites) ? rewrites.map(({ source }) => source) : [];
  const named = sources.flatMap((source) => /:page\((.*)\)$/.exec(source)?.[1]?.split('|') ?? []);
  expect(pages.length).toBeGreaterThan(10);
  expect(named.sort()).toEqual(pages.sort());
});
