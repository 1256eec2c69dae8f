/** Paging of admin lists: `page` and `per_page` in, `Link` and `X-Total-Count` out. */

import { validationFailed } from '#lib/services/auth/auth-error.ts';

export interface Page {
  readonly page: number;
  readonly perPage: number;
}

/** Throws 400 for what is no page. */
export function parsePage(query: URLSearchParams): Page {
  return { page: parseNumber(query.get('page'), 1), perPage: Math.min(parseNumber(query.get('per_page'), 50), 1000) };
}

function parseNumber(text: string | null, fallback: number): number {
  if (text === null || text === '') return fallback;
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < 1)
    throw validationFailed(`Bad Pagination Parameters: strconv.ParseUint: parsing "${text.slice(0, 40)}": invalid syntax`);
  return value;
}

/** `page` comes first in each link: the client reads the digits right behind it. */
export function pageHeaders(path: string, { page, perPage }: Page, total: number): string[] {
  const last = Math.max(1, Math.ceil(total / perPage));
  const link = (to: number, rel: string) => `<${path}?page=${to}&per_page=${perPage}>; rel="${rel}"`;
  const links = page < last ? [link(page + 1, 'next'), link(last, 'last')] : [link(last, 'last')];
  return ['X-Total-Count', String(total), 'Link', links.join(', ')];
}
