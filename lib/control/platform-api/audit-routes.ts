/** The audit record: of a project, of the installation. */

import { z } from 'zod';
import type { AuditEntry } from '#generated/client.ts';
import { acceptRestore } from '#lib/control/accept-restore.ts';
import type { AcceptedRestore } from '#lib/control/accepted-restores.ts';
import { requirePlatformOwner } from '#lib/control/actor.ts';
import { listAudit, verifyAudit } from '#lib/control/audit.ts';
import { verifyEnvironmentAudit } from '#lib/control/environment-audit.ts';
import { route } from '#lib/control/platform-api/api-route.ts';
import { named, refParams } from '#lib/control/platform-api/schema-names.ts';
import type { AuditVerdict } from '#lib/engine/audit/audit-chain.ts';

const auditEntryJson = named(
  'AuditEntry',
  z.object({
    seq: z.number(),
    at: z.iso.datetime(),
    actor_id: z.string().nullable(),
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    project_ref: z.string().nullable(),
    ip: z.string().nullable(),
    user_agent: z.string().nullable(),
    before: z.unknown(),
    after: z.unknown(),
    hash: z.string(),
  }),
);

const page = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  before: z.coerce.number().int().min(1).optional().meta({ description: 'Entries older than this seq' }),
});

function toAuditEntryJson(entry: AuditEntry): z.infer<typeof auditEntryJson> {
  const { seq, at, actor, action, subject, ip, hash } = entry;
  const parse = (text: string | null): unknown => (text === null ? null : JSON.parse(text));
  return {
    seq,
    at,
    actor_id: entry.actorId,
    actor,
    action,
    subject,
    project_ref: entry.projectRef,
    ip,
    user_agent: entry.userAgent,
    before: parse(entry.before),
    after: parse(entry.after),
    hash,
  };
}

const verdictJson = named(
  'AuditVerdict',
  z.object({
    ok: z.boolean(),
    entries: z.number().meta({ description: 'Found intact' }),
    first_bad_seq: z.number().nullable().meta({ description: 'The first entry altered, or whose predecessor is gone' }),
  }),
);

function toVerdictJson({ entries, firstBadSeq }: AuditVerdict): z.infer<typeof verdictJson> {
  return { ok: firstBadSeq === null, entries, first_bad_seq: firstBadSeq };
}

const seenEnd = z.object({ seq: z.number(), hash: z.string() });
const restoreJson = named(
  'AcceptedRestore',
  z.object({
    at: z.iso.datetime(),
    by: z.string().meta({ description: 'Email of the owner' }),
    reason: z.string(),
    shared_seq: z.number().meta({ description: 'The last entry both records are known to share' }),
    former: seenEnd.meta({ description: 'Where the record that was given up had been seen to end' }),
    accepted: seenEnd.meta({ description: 'Where the record went on from' }),
    in_platform_record: z.boolean().meta({ description: 'False: only the environment’s own record tells of it' }),
  }),
);

function toRestoreJson(restore: AcceptedRestore): z.infer<typeof restoreJson> {
  const { at, by, reason, sharedSeq, former, accepted, inPlatformRecord } = restore;
  return { at, by, reason, shared_seq: sharedSeq, former, accepted, in_platform_record: inPlatformRecord };
}

const environmentVerdictJson = named(
  'EnvironmentAuditVerdict',
  verdictJson.extend({
    restores: z.array(restoreJson).meta({ description: 'Older copies of the file that were accepted, oldest first' }),
  }),
);

export const auditRoutes = [
  route('GET', '/audit/verify', {
    id: 'verifyAudit',
    summary: 'Whether the record of this installation is whole and unaltered',
    response: verdictJson,
    async handle({ context, actor }) {
      requirePlatformOwner(actor);
      return toVerdictJson(await verifyAudit(context));
    },
  }),
  route('GET', '/projects/{ref}/auth/audit/verify', {
    id: 'verifyAuthAudit',
    summary: "Whether an environment's auth record is whole and unaltered",
    params: refParams,
    response: environmentVerdictJson,
    async handle({ context, actor, params }) {
      const verdict = await verifyEnvironmentAudit(context, actor, params.ref);
      return { ...toVerdictJson(verdict), restores: verdict.restores.map(toRestoreJson) };
    },
  }),
  route('POST', '/projects/{ref}/auth/audit/accept-restore', {
    id: 'acceptAuditRestore',
    summary: "Stand by an older copy of an environment's file that was put back; on record for good",
    status: 201,
    params: refParams,
    body: z.object({ reason: z.string().trim().min(3).max(500) }),
    response: restoreJson,
    handle: async ({ context, actor, params, body }) =>
      toRestoreJson(await acceptRestore(context, actor, params.ref, body.reason)),
  }),
  route('GET', '/projects/{ref}/audit', {
    id: 'listProjectAudit',
    summary: 'What was done to a project, newest first',
    params: refParams,
    query: page,
    response: z.array(auditEntryJson),
    handle: async ({ context, actor, params, query }) =>
      (await listAudit(context, actor, params.ref, { limit: query.limit, beforeSeq: query.before })).map(toAuditEntryJson),
  }),
  route('GET', '/audit', {
    id: 'listAudit',
    summary: 'What was done on this installation, newest first',
    query: page,
    response: z.array(auditEntryJson),
    handle: async ({ context, actor, query }) =>
      (await listAudit(context, actor, null, { limit: query.limit, beforeSeq: query.before })).map(toAuditEntryJson),
  }),
];
