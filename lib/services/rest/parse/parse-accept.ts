/** The `Accept` header: which document the client wants. */

import { noMediaType } from '#lib/services/rest/respond/rest-error.ts';

export type MediaKind = 'json' | 'object' | 'csv' | 'geojson' | 'plan' | 'openapi' | 'text' | 'octets' | 'xml';

export interface MediaType {
  readonly kind: MediaKind;
  readonly stripped: boolean;
  /** What the answer's Content-Type says. */
  readonly contentType: string;
  /** For `plan`: the media type whose plan is wanted, `text` or `json`, and the options. */
  readonly plan: { readonly format: 'text' | 'json'; readonly options: readonly string[] } | null;
}

const json: MediaType = { kind: 'json', stripped: false, contentType: 'application/json; charset=utf-8', plan: null };

/** The first acceptable type in the client's order of preference; 406 PGRST107 when there is none. */
export function parseAccept(header: string | null): MediaType {
  if (header === null || header === '' || header === '*/*' || header === 'application/json') return json;
  const wanted = header
    .split(',')
    .map(parseEntry)
    .sort((a, b) => b.quality - a.quality);
  for (const entry of wanted) {
    const media = entry.quality > 0 ? findMedia(entry.name, entry.parameters) : null;
    if (media !== null) return media;
  }
  throw noMediaType(wanted.map((entry) => entry.name));
}

interface Entry {
  name: string;
  parameters: ReadonlyMap<string, string>;
  quality: number;
}

function parseEntry(text: string): Entry {
  const [name = '', ...rest] = text.split(';').map((piece) => piece.trim());
  const parameters = new Map<string, string>();
  for (const piece of rest) {
    const equals = piece.indexOf('=');
    if (equals > 0) parameters.set(piece.slice(0, equals).toLowerCase(), piece.slice(equals + 1).replace(/^"(.*)"$/, '$1'));
  }
  const quality = Number(parameters.get('q') ?? 1);
  return { name: name.toLowerCase(), parameters, quality: Number.isFinite(quality) ? quality : 0 };
}

function findMedia(name: string, parameters: ReadonlyMap<string, string>): MediaType | null {
  const stripped = parameters.get('nulls') === 'stripped';
  switch (name) {
    case '*/*':
    case 'application/*':
    case 'application/json':
      return json;
    case 'application/vnd.pgrst.array+json':
    case 'application/vnd.pgrst.array':
      return {
        ...json,
        stripped,
        contentType: stripped ? 'application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8' : json.contentType,
      };
    case 'application/vnd.pgrst.object+json':
    case 'application/vnd.pgrst.object':
      return {
        ...json,
        kind: 'object',
        stripped,
        contentType: `application/vnd.pgrst.object+json${stripped ? ';nulls=stripped' : ''}; charset=utf-8`,
      };
    case 'text/csv':
      return { ...json, kind: 'csv', contentType: 'text/csv; charset=utf-8' };
    case 'application/geo+json':
      return { ...json, kind: 'geojson', contentType: 'application/geo+json; charset=utf-8' };
    case 'application/openapi+json':
      return { ...json, kind: 'openapi', contentType: 'application/openapi+json; charset=utf-8' };
    case 'text/plain':
      return { ...json, kind: 'text', contentType: 'text/plain; charset=utf-8' };
    case 'application/octet-stream':
      return { ...json, kind: 'octets', contentType: 'application/octet-stream' };
    case 'text/xml':
      return { ...json, kind: 'xml', contentType: 'text/xml; charset=utf-8' };
    case 'application/vnd.pgrst.plan':
    case 'application/vnd.pgrst.plan+text':
    case 'application/vnd.pgrst.plan+json': {
      const format = name.endsWith('json') ? 'json' : 'text';
      const options = (parameters.get('options') ?? '').split('|').filter(Boolean);
      const target = parameters.get('for') ?? 'application/json';
      return {
        ...json,
        kind: 'plan',
        contentType: `application/vnd.pgrst.plan+${format}; for="${target}"; charset=utf-8`,
        plan: { format, options },
      };
    }
    default:
      return null;
  }
}
