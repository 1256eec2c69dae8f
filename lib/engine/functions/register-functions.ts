/** Every SQL function of ours, on one connection. */

import type { SqliteHandle as Database } from '#lib/engine/open-file.ts';
import { registerContainment } from '#lib/engine/functions/containment-functions.ts';
import { registerDocuments } from '#lib/engine/functions/document-functions.ts';
import { registerJson } from '#lib/engine/functions/json-functions.ts';
import { registerKeys } from '#lib/engine/functions/key-functions.ts';
import { registerPatterns } from '#lib/engine/functions/pattern-functions.ts';
import { registerPolicies } from '#lib/engine/functions/policy-functions.ts';
import { registerRanges } from '#lib/engine/functions/range-functions.ts';
import { registerTextSearch } from '#lib/engine/functions/text-search-functions.ts';
import { registerValues } from '#lib/engine/functions/value-functions.ts';

export function registerFunctions(db: Database): void {
  registerContainment(db);
  registerDocuments(db);
  registerJson(db);
  registerKeys(db);
  registerPatterns(db);
  registerPolicies(db);
  registerRanges(db);
  registerTextSearch(db);
  registerValues(db);
}
