/** Where users may be sent: the site itself, or an address the allow-list names. Everything else becomes the site. */

/**
 * `wanted` when the policy allows it, else the site. Globs as Supabase has them: `*` stops at `.` and `/`, `**` does not,
 * `?` is one character. Only http(s) matches the site; another scheme (an app's deep link) must be listed in full.
 */
export function toAllowedRedirect(wanted: string | null, siteUrl: string, allowList: string): string {
  return toHeaderText(wanted !== null && isAllowedRedirect(wanted, siteUrl, allowList) ? wanted : siteUrl);
}

/** A `Location` header holds ASCII only: other letters are written as browsers send them. */
function toHeaderText(url: string): string {
  return /[^\x21-\x7e]/.test(url) && URL.canParse(url) ? new URL(url).href : url;
}

function isAllowedRedirect(wanted: string, siteUrl: string, allowList: string): boolean {
  // Browsers and URL parsers disagree about these; an honest address has none of them.
  if (wanted === '' || /[\\\s\p{Cc}]/u.test(wanted)) return false;
  const target = parseUrl(wanted);
  if (target === null || !/^[a-z][a-z0-9+.-]*:\/\//i.test(wanted)) return false;
  if (target.username !== '' || target.password !== '' || unsafeSchemes.has(target.protocol)) return false;
  if (/%2f|%5c|%2e%2e/i.test(target.pathname) || target.hash.includes('access_token')) return false;
  const site = parseUrl(siteUrl);
  if (site !== null && isSameSite(target, site)) return true;
  const listed = allowList.split(',').map((glob) => glob.trim());
  return listed.some((glob) => glob !== '' && matches(glob, target, wanted));
}

const unsafeSchemes = new Set(['javascript:', 'data:', 'vbscript:', 'file:', 'blob:', 'about:', 'view-source:']);
const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

function isSameSite(target: URL, site: URL): boolean {
  if (target.protocol !== site.protocol || target.hostname !== site.hostname) return false;
  return target.port === site.port || loopback.has(target.hostname);
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** A glob's host must match the target's whole host and its path the target's path: a `**` in one never reaches the other. */
function matches(glob: string, target: URL, wanted: string): boolean {
  const parts = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(glob);
  if (parts === null) return false;
  const [, scheme = '', authority = '', rest = ''] = parts;
  if (`${scheme.toLowerCase()}:` !== target.protocol) return false;
  if (!toPattern(authority.toLowerCase()).test(target.host === '' ? authorityOf(wanted) : target.host)) return false;
  const path = target.pathname + target.search + target.hash;
  return toPattern(rest === '' ? (authority === '**' ? '/**' : '/') : rest).test(path === '' ? '/' : path);
}

function authorityOf(url: string): string {
  return /^[^:]+:\/\/([^/?#]*)/.exec(url)?.[1]?.toLowerCase() ?? '';
}

const patterns = new Map<string, RegExp>();

function toPattern(glob: string): RegExp {
  const known = patterns.get(glob);
  if (known !== undefined) return known;
  const source = glob
    .split(/(\*\*|\*|\?)/)
    .map((part) =>
      part === '**' ? '.*' : part === '*' ? '[^./]*' : part === '?' ? '[^./]' : part.replace(/[.+^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  const pattern = new RegExp(`^${source}$`);
  if (patterns.size < 1000) patterns.set(glob, pattern);
  return pattern;
}
