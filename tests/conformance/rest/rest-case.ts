/** A REST case: a request, what must come back, and what must not. */

export type Who = 'anon' | 'alice' | 'bob' | 'service' | 'stranger';

export interface RestCase {
  readonly name: string;
  /** `GET /tasks?id=eq.1`. */
  readonly request: string;
  /** Whose token is sent; nobody's by default. */
  readonly as?: Who;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as it is when it is text. */
  readonly send?: unknown;
  readonly status: number;
  /** The whole body: parsed JSON, or text where the answer is no JSON. */
  readonly body?: unknown;
  /** Members the error must have; its other members are not looked at. */
  readonly error?: Readonly<Record<string, unknown>>;
  /** Headers that must have exactly this value; null = must be absent. */
  readonly answers?: Readonly<Record<string, string | null>>;
  /** Texts that the body must not hold. */
  readonly never?: readonly string[];
  /** Requests made before this one, by the same caller. */
  readonly after?: readonly string[];
  /** Where KoyaLite does not do as PostgREST does: a sentence for the documentation. */
  readonly difference?: string;
}

/** Whether a case leaves the data as it was: these also run one after another on a server. */
export function isHarmless(item: RestCase): boolean {
  return item.after === undefined && (/^(?:GET|HEAD|OPTIONS) /.test(item.request) || item.status >= 400);
}
