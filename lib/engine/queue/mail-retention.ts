/** What happens to mails over time: those of an earlier version are sealed, and what a mail says is removed when its time is over. */

import type { Connection, Database } from '#lib/engine/database.ts';
import { type MailSeal, sealContent, sealSubject } from '#lib/engine/queue/mails.ts';

/** So many mails a transaction, so that requests go in between. */
const batch = 100;

/** Whether there is anything to do; a read, also of a file that an earlier version left. */
export function hasMailsToTend(connection: Connection, forgetBeforeMs: number): boolean {
  const known = connection.value("SELECT count(*) FROM pragma_table_info('_koyalite_mails') WHERE name = 'sealed_content'");
  if (known === 0) return true;
  return (
    connection.value(
      `SELECT EXISTS (SELECT 1 FROM _koyalite_mails WHERE sealed_subject IS NULL)
         OR EXISTS (SELECT 1 FROM _koyalite_mails WHERE sealed_content IS NOT NULL AND created_at < ?)`,
      new Date(forgetBeforeMs).toISOString(),
    ) === 1
  );
}

/** Seals what is still in clear, and forgets what mails older than that moment say: sent, failed, dead or never sent. */
export async function tendMails(database: Database, seal: MailSeal, forgetBeforeMs: number, nowMs: number): Promise<void> {
  while ((await database.write((connection) => sealClearMails(connection, seal))) === batch);
  while ((await database.write((connection) => forgetOldMails(connection, forgetBeforeMs, nowMs))) === batch);
}

/** Returns how many. */
function sealClearMails(connection: Connection, seal: MailSeal): number {
  // Or what was in clear would stay readable in the file's free space.
  const before = Number(connection.value('PRAGMA secure_delete') ?? 0);
  connection.exec('PRAGMA secure_delete = ON');
  const rows = connection.all('SELECT id, subject, html, text FROM _koyalite_mails WHERE sealed_subject IS NULL LIMIT ?', batch);
  for (const row of rows) {
    const id = String(row.id);
    const html = row.html === null ? null : String(row.html);
    const content = row.text === null ? null : sealContent(seal, id, { html, text: String(row.text) });
    connection.run(
      `UPDATE _koyalite_mails SET subject = '', html = NULL, text = NULL, sealed_subject = ?, sealed_content = ? WHERE id = ?`,
      sealSubject(seal, id, String(row.subject)),
      content,
      id,
    );
  }
  connection.exec(`PRAGMA secure_delete = ${before}`);
  return rows.length;
}

/** A mail that was not sent in all that time is not sent any more: its links are dead. Returns how many. */
function forgetOldMails(connection: Connection, beforeMs: number, nowMs: number): number {
  return connection.run(
    `UPDATE _koyalite_mails SET sealed_content = NULL, updated_at = :now,
       error = iif(status = 'queued', 'The mail was not sent in time', error), status = iif(status = 'queued', 'failed', status)
     WHERE id IN (SELECT id FROM _koyalite_mails WHERE sealed_content IS NOT NULL AND created_at < :before LIMIT :batch)`,
    { now: new Date(nowMs).toISOString(), before: new Date(beforeMs).toISOString(), batch },
  ).changes;
}
