/** Headers that tell a browser how little to trust an answer. */

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { apiSecurityHeaders, pageSecurityHeaders } from '#lib/http/security-headers.ts';

test('an API answer is never a document, and HTTPS is remembered only where it is served', () => {
  expect(apiSecurityHeaders(false).join('|')).toContain("default-src 'none'; frame-ancestors 'none'; sandbox");
  expect(apiSecurityHeaders(false)).not.toContain('Strict-Transport-Security');
  expect(apiSecurityHeaders(true)).toContain('Strict-Transport-Security');
  expect(apiSecurityHeaders(true).length % 2).toBe(0);
});

test('exactly the inline scripts of the pages may run', () => {
  const policy = pageSecurityHeaders(
    ['<script>one()</script><script src="/a.js"></script>', '<p><script id="x">two()\n</script><script async src="b"></script>'],
    false,
  ).get('Content-Security-Policy');
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const scripts = /script-src ([^;]*)/.exec(policy ?? '')?.[1]?.split(' ');
  expect(scripts).toEqual(["'self'", hash('one()'), hash('two()\n')]);
  expect(policy).toContain("frame-ancestors 'none'");
});

test('pages say so to old browsers too', () => {
  expect(pageSecurityHeaders([], false).get('X-Frame-Options')).toBe('DENY');
  expect(pageSecurityHeaders([], false).has('Strict-Transport-Security')).toBe(false);
  expect(pageSecurityHeaders([], true).get('Strict-Transport-Security')).toMatch(/^max-age=\d{8}/);
});
