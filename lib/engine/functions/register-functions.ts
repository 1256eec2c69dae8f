/** Every SQL function of ours, on one connection. */

import { registerArrays } from '#lib/engine/functions/array-functions.ts';
import { registerContainment } from '#lib/engine/functions/containment-functions.ts';
import { registerCrypto } from '#lib/engine/functions/crypto-functions.ts';
import { registerDocuments } from '#lib/engine/functions/document-functions.ts';
import { registerJson } from '#lib/engine/functions/json-functions.ts';
import { registerKeys } from '#lib/engine/functions/key-functions.ts';
import { registerNumerics } from '#lib/engine/functions/numeric-functions.ts';
import { registerPatterns } from '#lib/engine/functions/pattern-functions.ts';
import { registerPolicies } from '#lib/engine/functions/policy-functions.ts';
import { registerRanges } from '#lib/engine/functions/range-functions.ts';
import { registerStorage } from '#lib/engine/functions/storage-functions.ts';
import { registerText } from '#lib/engine/functions/text-functions.ts';
import { registerTextSearch } from '#lib/engine/functions/text-search-functions.ts';
import { registerTimes } from '#lib/engine/functions/time-functions.ts';
import { registerToChar } from '#lib/engine/functions/to-char.ts';
import { registerValues } from '#lib/engine/functions/value-functions.ts';
import { registerVectors } from '#lib/engine/functions/vector-functions.ts';
import type { SqliteHandle as Database } from '#lib/engine/open-file.ts';

const families: readonly ((db: Database) => void)[] = [
  registerArrays,
  registerContainment,
  registerCrypto,
  registerDocuments,
  registerJson,
  registerKeys,
  registerNumerics,
  registerPatterns,
  registerPolicies,
  registerRanges,
  registerStorage,
  registerText,
  registerTextSearch,
  registerTimes,
  registerToChar,
  registerValues,
  registerVectors,
];

export function registerFunctions(db: Database): void {
  for (const register of families) register(db);
}
