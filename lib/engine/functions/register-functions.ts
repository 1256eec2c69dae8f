/** Every SQL function of ours, on one connection. */

import { registerArrays } from '#lib/engine/functions/array-functions.ts';
import { registerContainment } from '#lib/engine/functions/containment-functions.ts';
import { registerCrypto } from '#lib/engine/functions/crypto-functions.ts';
import type { Registrar } from '#lib/engine/functions/define.ts';
import { registerDocuments } from '#lib/engine/functions/document-functions.ts';
import { registerJson } from '#lib/engine/functions/json-functions.ts';
import { registerKeys } from '#lib/engine/functions/key-functions.ts';
import { registerNumerics } from '#lib/engine/functions/numeric-functions.ts';
import { registerPatterns } from '#lib/engine/functions/pattern-functions.ts';
import { registerPolicies } from '#lib/engine/functions/policy-functions.ts';
import { registerRanges } from '#lib/engine/functions/range-functions.ts';
import { registerSettings } from '#lib/engine/functions/setting-functions.ts';
import { registerStorage } from '#lib/engine/functions/storage-functions.ts';
import { registerText } from '#lib/engine/functions/text-functions.ts';
import { registerTextSearch } from '#lib/engine/functions/text-search-functions.ts';
import { registerTimes } from '#lib/engine/functions/time-functions.ts';
import { registerToChar } from '#lib/engine/functions/to-char.ts';
import { registerValues } from '#lib/engine/functions/value-functions.ts';
import { registerVectors } from '#lib/engine/functions/vector-functions.ts';
import { registerWeights } from '#lib/engine/functions/weight-functions.ts';

const families: readonly ((db: Registrar) => void)[] = [
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
  registerSettings,
  registerStorage,
  registerText,
  registerTextSearch,
  registerTimes,
  registerToChar,
  registerValues,
  registerVectors,
  registerWeights,
];

let definitions: ((db: Registrar) => void)[] | null = null;

/** Built once, so that a thousand open files share one set of JavaScript functions. */
function build(): ((db: Registrar) => void)[] {
  const built: ((db: Registrar) => void)[] = [];
  const recorder: Registrar = {
    function: (name, options, body) => built.push((db) => db.function(name, options, body)),
    aggregate: (name, options) => built.push((db) => db.aggregate(name, options)),
  };
  for (const register of families) register(recorder);
  return built;
}

export function registerFunctions(db: Registrar): void {
  definitions ??= build();
  for (const define of definitions) define(db);
}
