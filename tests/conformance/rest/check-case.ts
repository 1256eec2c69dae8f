/** Compares an answer with its case. */

import { expect } from 'vitest';
import type { RestCase } from './rest-case.ts';

export async function checkCase(item: RestCase, response: Response): Promise<void> {
  const text = await response.text();
  const shown = `${item.request} answered ${response.status} ${text.slice(0, 500)}`;
  expect(response.status, shown).toBe(item.status);
  for (const [name, value] of Object.entries(item.answers ?? {}))
    expect(response.headers.get(name), `${name} of ${shown}`).toBe(value);
  if (item.body !== undefined) expect(parse(response, text), shown).toEqual(item.body);
  if (item.error !== undefined) expect(parse(response, text), shown).toMatchObject(item.error);
  for (const secret of item.never ?? []) expect(text).not.toContain(secret);
  if (item.status >= 400 && text !== '') checkError(response, text);
}

function parse(response: Response, text: string): unknown {
  return text !== '' && response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
}

/** Every error has the four members, and names its code in a header. */
function checkError(response: Response, text: string): void {
  const error: unknown = JSON.parse(text);
  expect(Object.keys(error as object).sort()).toEqual(['code', 'details', 'hint', 'message']);
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(response.headers.get('proxy-status')).toBe(`PostgREST; error=${(error as { code: string }).code}`);
}
