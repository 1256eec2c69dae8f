/** Tables and functions as the documentation shows them, read from the API's Swagger description. */

import { z } from 'zod';
import type { RestDescription } from '#components/platform/use-rest-description.ts';

export interface ApiColumn {
  name: string;
  type: string;
  isRequired: boolean;
  isKey: boolean;
  /** `teams.id` */
  references: string | null;
  note: string;
}

export interface ApiTable {
  name: string;
  description: string;
  columns: ApiColumn[];
  isWritable: boolean;
}

export interface ApiFunction {
  name: string;
  description: string;
  parameters: { name: string; type: string; isRequired: boolean }[];
}

const parameterSchema = z.object({
  in: z.string(),
  schema: z
    .object({
      required: z.array(z.string()).default([]),
      properties: z.record(z.string(), z.object({ format: z.string().optional(), type: z.string().optional() })).default({}),
    })
    .optional(),
});

const operationSchema = z.object({
  summary: z.string().optional(),
  description: z.string().optional(),
  parameters: z.array(z.unknown()).default([]),
});

/** By name. */
export function toTables({ definitions, paths }: RestDescription): ApiTable[] {
  return Object.entries(definitions)
    .map(([name, { description = '', required, properties }]) => ({
      name,
      description,
      columns: Object.entries(properties).map(([column, property]) => toColumn(column, property, required.includes(column))),
      isWritable: Boolean(paths[`/${name}`]?.post),
    }))
    .sort((one, other) => one.name.localeCompare(other.name));
}

function toColumn(
  name: string,
  property: RestDescription['definitions'][string]['properties'][string],
  isRequired: boolean,
): ApiColumn {
  const text = property.description ?? '';
  const target = /<fk table='([^']*)' column='([^']*)'\/>/.exec(text);
  return {
    name,
    type: property.format || property.type || 'json',
    isRequired,
    isKey: text.includes('<pk/>'),
    references: target ? `${target[1]}.${target[2]}` : null,
    note: property.enum ? property.enum.map(String).join(' | ') : (text.split('Note:')[0]?.trim() ?? ''),
  };
}

export function toFunctions({ paths }: RestDescription): ApiFunction[] {
  return Object.entries(paths)
    .filter(([path]) => path.startsWith('/rpc/'))
    .map(([path, methods]) => {
      const operation = operationSchema.safeParse(methods.post ?? methods.get).data;
      const body = operation?.parameters
        .map((one) => parameterSchema.safeParse(one).data)
        .find((one) => one?.in === 'body')?.schema;
      return {
        name: path.slice('/rpc/'.length),
        description: operation?.description ?? operation?.summary ?? '',
        parameters: Object.entries(body?.properties ?? {}).map(([name, { format, type }]) => ({
          name,
          type: format || type || 'json',
          isRequired: body?.required.includes(name) ?? false,
        })),
      };
    })
    .sort((one, other) => one.name.localeCompare(other.name));
}
