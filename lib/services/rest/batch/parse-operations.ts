/** The list of a batch: what is to be done, each body as the bytes it would be sent as alone. */

import { z } from 'zod';
import { toJsonText } from '#lib/engine/types/parse-json.ts';
import { decodeBody, parseJsonBody } from '#lib/services/rest/parse/parse-body.ts';
import { badBody } from '#lib/services/rest/respond/rest-error.ts';

export const maxOperations = 100;

const operationsSchema = z
  .array(
    z.object({
      method: z.enum(['POST', 'PATCH', 'PUT', 'DELETE']),
      /** As in a URL: `/notes?id=eq.1`. */
      path: z.string().startsWith('/').max(8192),
      body: z.unknown().optional(),
      headers: z.record(z.string(), z.string().max(8192)).default({}),
    }),
  )
  .min(1)
  .max(maxOperations);

export interface BatchItem extends Omit<z.infer<typeof operationsSchema>[number], 'body'> {
  readonly body: Uint8Array;
}

/** Throws PGRST102. */
export function parseOperations(body: Uint8Array): BatchItem[] {
  const parsed = operationsSchema.safeParse(parseJsonBody(decodeBody(body)));
  if (parsed.success) return parsed.data.map((item) => ({ ...item, body: Buffer.from(toJsonText(item.body ?? {})) }));
  throw badBody(
    `A batch is a list of 1 to ${maxOperations} objects {method, path, body, headers} with method POST, PATCH, PUT or DELETE`,
  );
}
