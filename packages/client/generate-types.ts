/** Writes src/platform.gen.ts from generated/openapi.json, which the server's own test keeps current. */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const header = `/** Generated from generated/openapi.json by generate-types.ts. Do not edit. */

// biome-ignore-all format: generated

`;

/** The text of src/platform.gen.ts. */
export async function generateTypes(): Promise<string> {
  const document = readFileSync(new URL('generated/openapi.json', import.meta.url), 'utf8');
  return header + astToString(await openapiTS(document, { alphabetize: true }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('src/platform.gen.ts', import.meta.url), await generateTypes());
}
