/** Headers that tell a browser to trust an answer with as little as possible. */

import { createHash } from 'node:crypto';

/** For API answers: data, never a document. Name, value, name, value, …. */
export function apiSecurityHeaders(secure: boolean): readonly string[] {
  const headers = [
    'X-Content-Type-Options',
    'nosniff',
    'Content-Security-Policy',
    "default-src 'none'; frame-ancestors 'none'; sandbox",
    'Referrer-Policy',
    'no-referrer',
    'Cross-Origin-Opener-Policy',
    'same-origin',
  ];
  return secure ? [...headers, ...transportSecurity] : headers;
}

const transportSecurity = ['Strict-Transport-Security', 'max-age=63072000; includeSubDomains'];

/**
 * For dashboard pages. They are prerendered, so the inline scripts they hold are known: each is allowed by its hash and
 * no other runs. Styles stay `unsafe-inline`: charting and positioning libraries set them on elements.
 */
export function pageSecurityHeaders(pages: readonly string[], secure: boolean): ReadonlyMap<string, string> {
  const hashes = new Set<string>();
  for (const page of pages) {
    for (const match of page.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)) {
      hashes.add(
        `'sha256-${createHash('sha256')
          .update(match[1] ?? '')
          .digest('base64')}'`,
      );
    }
  }
  const policy = [
    "default-src 'self'",
    `script-src 'self' ${[...hashes].join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  const headers = new Map([
    ['Content-Security-Policy', policy],
    ['X-Content-Type-Options', 'nosniff'],
    ['Referrer-Policy', 'strict-origin-when-cross-origin'],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Permissions-Policy', 'camera=(), microphone=(), geolocation=()'],
    ['X-Frame-Options', 'DENY'],
  ]);
  if (secure) headers.set('Strict-Transport-Security', transportSecurity[1] ?? '');
  return headers;
}
