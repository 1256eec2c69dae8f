/** Tables of the job queue and the mail outbox, in every environment file: an effect is recorded in its cause's transaction. */

import type { SystemMigration } from '#lib/engine/database.ts';

export const queueMigrations: readonly SystemMigration[] = [
  {
    id: 'queue-0001-jobs',
    sql: `
CREATE TABLE _koyalite_jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, payload TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'done', 'dead')),
  attempts INTEGER NOT NULL DEFAULT 0, max_attempts INTEGER NOT NULL, run_at INTEGER NOT NULL, lease_until INTEGER,
  idempotency_key TEXT, last_error TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  UNIQUE (kind, idempotency_key));
CREATE INDEX _koyalite_jobs_due ON _koyalite_jobs(run_at) WHERE status = 'queued';
CREATE INDEX _koyalite_jobs_leased ON _koyalite_jobs(lease_until) WHERE status = 'running';
CREATE INDEX _koyalite_jobs_over ON _koyalite_jobs(updated_at) WHERE status = 'done';
CREATE TABLE _koyalite_mails (
  id TEXT PRIMARY KEY, channel TEXT NOT NULL DEFAULT 'email' CHECK (channel IN ('email', 'sms')), template TEXT NOT NULL,
  sender TEXT NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL, html TEXT, text TEXT,
  status TEXT NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sent', 'failed', 'bounced')),
  provider_id TEXT, error TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE INDEX _koyalite_mails_recipient ON _koyalite_mails(recipient, created_at);
CREATE INDEX _koyalite_mails_created_at ON _koyalite_mails(created_at);
CREATE INDEX _koyalite_mails_provider_id ON _koyalite_mails(provider_id) WHERE provider_id IS NOT NULL;
`,
  },
  {
    // What a row said in clear (subject, html, text) is sealed into these when the server next looks after the file.
    id: 'queue-0002-sealed-mails',
    sql: `
ALTER TABLE _koyalite_mails ADD COLUMN sealed_subject TEXT;
ALTER TABLE _koyalite_mails ADD COLUMN sealed_content TEXT;
CREATE INDEX _koyalite_mails_kept ON _koyalite_mails(created_at) WHERE sealed_content IS NOT NULL;
CREATE INDEX _koyalite_mails_clear ON _koyalite_mails(created_at) WHERE sealed_subject IS NULL;
`,
  },
];
