/** Writes src/platform.gen.ts from generated/openapi.json, which the server's own test keeps current. */

import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';
import { toHeader } from './generated-header.ts';

const document = readFileSync(new URL('generated/openapi.json', import.meta.url), 'utf8');
const types = astToString(await openapiTS(document, { alphabetize: true }));
writeFileSync(new URL('src/platform.gen.ts', import.meta.url), toHeader(document, types) + types);
