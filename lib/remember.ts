/** One value per process: Next and the custom server each load `lib/`, so singletons live on `globalThis`. */

const store = globalThis as typeof globalThis & { [key: symbol]: unknown };

/** The value made by the first caller with this name; later callers, in any copy of this module, get the same one. */
export function remember<T>(name: string, make: () => T): T {
  const key = Symbol.for(`koyalite.${name}`);
  if (!(key in store)) store[key] = make();
  return store[key] as T;
}
