/** The Platform API's answers, as far as the dashboard reads them. */

import { z } from 'zod';

export const operatorSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string().nullish(),
  platform_role: z.string().default('member'),
  has_password: z.boolean().default(true),
  must_enroll: z.boolean().default(false),
});
export type Operator = z.infer<typeof operatorSchema>;

export const complianceSchema = z.object({
  hipaa: z.boolean().default(false),
  gdpr: z.boolean().default(false),
  ccpa: z.boolean().default(false),
});
export type Compliance = z.infer<typeof complianceSchema>;

export const environmentSchema = z.object({
  ref: z.string(),
  name: z.string(),
  kind: z.string(),
  status: z.string(),
  created_at: z.string(),
});
export type Environment = z.infer<typeof environmentSchema>;

export const projectSchema = z.object({
  id: z.string(),
  ref: z.string(),
  name: z.string(),
  status: z.string(),
  created_at: z.string(),
  updated_at: z.string().optional(),
  compliance: complianceSchema.prefault({}),
  environments: z.array(environmentSchema).default([]),
  role: z.string().default('viewer'),
});
export type Project = z.infer<typeof projectSchema>;

export const apiKeySchema = z.object({
  id: z.string().nullish(),
  name: z.string(),
  type: z.string().nullish(),
  api_key: z.string().nullish(),
  prefix: z.string().nullish(),
  created_at: z.string().nullish(),
  inserted_at: z.string().nullish(),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

export const rateLimitSchema = z.object({
  service: z.string(),
  per: z.enum(['address', 'user', 'route']),
  requests: z.number(),
  seconds: z.number(),
});
export type RateLimit = z.infer<typeof rateLimitSchema>;

export const settingsSchema = z.object({
  api: z.object({
    schemas: z.array(z.string()),
    maxRows: z.number(),
    aggregates: z.boolean(),
    safeUpdate: z.boolean(),
    txOverride: z.boolean(),
    plan: z.boolean(),
    requireApiKey: z.boolean(),
    statementTimeoutMs: z.number(),
    bodyLimitBytes: z.number(),
    requestsPerMinute: z.number(),
    rateLimits: z.array(rateLimitSchema),
    responseHeaders: z.record(z.string(), z.string()),
  }),
  cors: z.object({ origins: z.array(z.string()) }),
  durability: z.enum(['full', 'fast']),
});
export type Settings = z.infer<typeof settingsSchema>;

export const auditEntrySchema = z.object({
  seq: z.number(),
  at: z.string(),
  /** An e-mail address, or `system`. */
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  ip: z.string().nullish(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
