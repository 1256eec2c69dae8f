/** `response.status` and `response.headers` as a function may set them: read in whichever process ran it, before anything is kept. */

import { z } from 'zod';
import type { Settings } from '#lib/engine/settings.ts';

export type ResponseSettings =
  | { readonly ok: true; readonly status: number | null; readonly headers: readonly [string, string][] }
  | { readonly ok: false; readonly wrong: 'status' | 'headers'; readonly details: string | null };

type HeaderList = { readonly ok: true; readonly headers: [string, string][] } | { readonly ok: false; readonly details: string };

const headerListSchema = z.array(z.record(z.string(), z.string()).refine((item) => Object.keys(item).length === 1));

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;
const maxHeaderBytes = 8192;

/** Framing, cookies of the origin the dashboard shares, and what protects the reader of an answer are the server's. */
const protectedName =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|date|content-length|content-encoding|content-security-policy.*|content-range|set-cookie2?|clear-site-data|strict-transport-security|x-content-type-options|x-frame-options|referrer-policy|permissions-policy|cross-origin-.*|access-control-.*|x-request-id|server-timing|service-worker-allowed|alt-svc|sourcemap|x-sourcemap|link|refresh|nel|report-to|reporting-endpoints|origin-agent-cluster|timing-allow-origin)$/i;

export function readResponseSettings(settings: Settings): ResponseSettings {
  const status = settings.get('response.status') ?? '';
  if (status !== '' && !/^[2-5]\d\d$/.test(status)) return { ok: false, wrong: 'status', details: null };
  const text = settings.get('response.headers') ?? '';
  const parsed = text === '' ? null : headerListSchema.safeParse(parseJson(text));
  if (parsed?.success === false) return { ok: false, wrong: 'headers', details: null };
  const list = readHeaderList((parsed?.data ?? []).flatMap((item) => Object.entries(item)));
  if (!list.ok) return { ok: false, wrong: 'headers', details: list.details };
  return { ok: true, status: status === '' ? null : Number(status), headers: list.headers };
}

export function areResponseSettings(settings: Settings): boolean {
  return settings.size === 0 || readResponseSettings(settings).ok;
}

/** Refuses a name or value that is no header, or that a function may not set. */
export function readHeaderList(headers: readonly [string, string][]): HeaderList {
  let bytes = 0;
  for (const [name, value] of headers) {
    if (!headerName.test(name) || !headerValue.test(value))
      return { ok: false, details: 'A name or a value holds characters no header may have.' };
    if (protectedName.test(name)) return { ok: false, details: `The header ${name} is the server's own.` };
    bytes += name.length + value.length;
  }
  if (bytes > maxHeaderBytes) return { ok: false, details: `Headers may have ${maxHeaderBytes} bytes together.` };
  return { ok: true, headers: headers.map(([name, value]) => [/^cache-control$/i.test(name) ? 'Cache-Control' : name, value]) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
