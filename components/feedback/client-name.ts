/** A User-Agent header in the words of people. */

const browsers: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const systems: [RegExp, string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux|X11/, 'Linux'],
];

const find = (list: [RegExp, string][], agent: string) => list.find(([pattern]) => pattern.test(agent))?.[1];

/** `Mozilla/5.0 (X11; Linux …) … Chrome/…` → `Chrome on Linux`; what is no browser keeps its own words. */
export function toClientName(agent: string | null | undefined): string {
  if (!agent) return 'Unknown client';
  const browser = find(browsers, agent);
  if (browser === undefined) return agent;
  const system = find(systems, agent);
  return system === undefined ? browser : `${browser} on ${system}`;
}
