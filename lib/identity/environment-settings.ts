/** What an operator may set per environment. Defaults are what Supabase's users expect. */

import { z } from 'zod';

/** Framing and cookies are the server's own business. */
const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/)
  .refine((name) => !/^(content-length|transfer-encoding|connection|set-cookie|host|upgrade|trailer)$/i.test(name), {
    message: 'this header is not for settings',
  });
const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/);

/** So many requests in so many seconds, for each of what it counts by. */
export const rateLimitSchema = z.object({
  /** `rest`, `auth`, …; `*` counts all services together. */
  service: z.string().min(1).default('*'),
  /** `address`: the client (an IPv6 /64 counts as one). `user`: the token's subject. `route`: address, method and table or function. */
  per: z.enum(['address', 'user', 'route']).default('address'),
  requests: z.int().min(1).max(10_000_000),
  seconds: z.int().min(1).max(86_400).default(60),
});

export type RateLimit = z.infer<typeof rateLimitSchema>;

export const apiSettingsSchema = z.object({
  /** Exposed schemas; the first is the default. */
  schemas: z.array(z.string().min(1)).min(1).default(['public']),
  /** `name` or `schema.name` of a function without arguments that runs before each REST request and may refuse it. */
  preRequest: z
    .string()
    .max(128)
    .regex(/^[A-Za-z_][\w$]*(?:\.[A-Za-z_][\w$]*)?$/)
    .nullable()
    .default(null),
  /** Cap on rows of one read. */
  maxRows: z.int().min(1).max(100_000).default(1000),
  aggregates: z.boolean().default(true),
  /** Refuse UPDATE and DELETE without a filter. */
  safeUpdate: z.boolean().default(true),
  /** Whether `Prefer: tx=rollback` is honoured. */
  txOverride: z.boolean().default(false),
  /** Whether `Accept: application/vnd.pgrst.plan` is answered. */
  plan: z.boolean().default(false),
  /** Refuse requests without an `apikey` (otherwise they act as `anon`). */
  requireApiKey: z.boolean().default(false),
  /** Largest request body in bytes. */
  bodyLimitBytes: z
    .int()
    .min(1024)
    .max(1 << 30)
    .default(10 << 20),
  /** Longest a statement may run. */
  statementTimeoutMs: z.int().min(10).max(600_000).default(10_000),
  /** Requests per minute and client address; 0 = unlimited. */
  requestsPerMinute: z.int().min(0).default(0),
  /** Finer limits; a request has to pass all that apply to it. */
  rateLimits: z.array(rateLimitSchema).max(20).default([]),
  /** Added to every data API answer. */
  responseHeaders: z.record(headerName, headerValue).default({}),
});

export const corsSettingsSchema = z.object({
  /** Allowed origins; `*` allows every origin (without credentials). */
  origins: z.array(z.string().min(1)).default(['*']),
});

export const environmentSettingsSchema = z.object({
  api: apiSettingsSchema.prefault({}),
  cors: corsSettingsSchema.prefault({}),
  /** `full`: an answered write survives power loss. `fast`: the last moments may not. */
  durability: z.enum(['full', 'fast']).default('full'),
  /** Parsed by the auth service. */
  auth: z.record(z.string(), z.unknown()).default({}),
});

export type EnvironmentSettings = z.infer<typeof environmentSettingsSchema>;

export const defaultEnvironmentSettings: EnvironmentSettings = environmentSettingsSchema.parse({});
