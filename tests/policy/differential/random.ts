/** A small seeded source of choices: the same seed makes the same case, on every machine and for ever. */

export interface Random {
  /** 0 ≤ n < 1. */
  next(): number;
  chance(probability: number): boolean;
  /** 0 ≤ n < limit. */
  integer(limit: number): number;
  pick<T>(items: readonly T[]): T;
  /** One of the values, each as often as its weight says. */
  weighted<T>(items: readonly (readonly [T, number])[]): T;
}

/** Mulberry32 over a 32-bit seed. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const integer = (limit: number) => Math.floor(next() * limit);
  const pick = <T>(items: readonly T[]): T => items[integer(items.length)] as T;
  return {
    next,
    integer,
    pick,
    chance: (probability) => next() < probability,
    weighted<T>(items: readonly (readonly [T, number])[]): T {
      let rest = next() * items.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [value, weight] of items) {
        rest -= weight;
        if (rest < 0) return value;
      }
      return pick(items)[0];
    },
  };
}
