/** One method of the data client: a call of it, and what the server answers. */

import type { SupabaseClient } from '@supabase/supabase-js';

export interface MethodCase {
  /** `<where>.<method>`: where is `client`, `schema()`, `from()` or `query`. */
  readonly method: string;
  ask(client: SupabaseClient): PromiseLike<object>;
  /** Each field of the answer that is named here is exactly this. */
  readonly gives: Readonly<Record<string, unknown>>;
  /** What is not as PostgREST answers, and where the documentation says so. */
  readonly difference?: string;
}

/** Rows of these ids, and nothing else. */
export const ids = (...numbers: number[]): MethodCase['gives'] => ({
  data: numbers.map((id) => ({ id })),
  error: null,
  status: 200,
});
