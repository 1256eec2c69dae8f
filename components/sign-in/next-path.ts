/** Where to go after signing in: only ever a path of this site. */
export function toNextPath(next: string | null): string {
  if (next === null || !next.startsWith('/') || /^\/[/\\]/.test(next)) return '/';
  const url = new URL(next, 'http://dashboard.invalid');
  return url.host === 'dashboard.invalid' ? url.pathname + url.search : '/';
}
