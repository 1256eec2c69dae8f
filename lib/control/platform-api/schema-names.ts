/** Schemas that the OpenAPI document names instead of repeating. */

import { z } from 'zod';

/** A registry of our own: the global one would refuse a name when this module is loaded twice. */
export const schemaNames = z.registry<{ id: string }>();

export function named<S extends z.ZodType>(id: string, schema: S): S {
  schemaNames.add(schema, { id });
  return schema;
}

/** A project's ref, or that of any of its environments. */
export const refParams = z.object({ ref: z.string() });
