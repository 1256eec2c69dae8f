/** Which schema a request means: `Accept-Profile` for reads, `Content-Profile` for writes, else the first exposed one. */

import { restProblem } from '#lib/services/rest/respond/rest-error.ts';
import type { RestContext } from '#lib/services/rest/rest-context.ts';

export interface Profile {
  readonly schema: string;
  /** Whether the client named it: then the answer says so in `Content-Profile`. */
  readonly negotiated: boolean;
}

/** Throws 406 PGRST106 for a schema that is not exposed. */
export function parseProfile(context: RestContext): Profile {
  const { request, settings } = context;
  const reading = request.method === 'GET' || request.method === 'HEAD';
  const named = request.header(reading ? 'accept-profile' : 'content-profile');
  const exposed = settings.api.schemas;
  if (named === null || named === '') return { schema: exposed[0] ?? 'public', negotiated: false };
  if (!exposed.includes(named)) {
    throw restProblem(406, 'PGRST106', `Invalid schema: ${named}`, {
      hint: `Only the following schemas are exposed: ${exposed.join(', ')}`,
    });
  }
  return { schema: named, negotiated: true };
}
