/** Outstanding links and codes, stored as hashes: one of each kind a user, gone at first use, dead after five wrong guesses. */

import { randomUUID } from 'node:crypto';
import type { Connection, Row } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { isPkceToken, newCode, newLinkToken } from '#lib/identity/one-time-tokens.ts';
import { equalText, hashCode, hashToken } from '#lib/identity/sealing.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { findText, textOf, timeMs } from '#lib/services/auth/rows.ts';

export type TokenType =
  | 'signup'
  | 'invite'
  | 'magiclink'
  | 'recovery'
  | 'email_change_current'
  | 'email_change_new'
  | 'reauthentication'
  | 'sms'
  | 'phone_change';

export interface OneTimeToken {
  readonly id: string;
  readonly userId: string;
  readonly type: string;
  readonly relatesTo: string;
  readonly flowStateId: string | null;
}

/** What goes into the mail. Nothing of it is kept. */
export interface NewOneTimeToken {
  readonly link: string;
  readonly code: string;
}

const maxFailedAttempts = 5;

export interface TokenRequest {
  readonly userId: string;
  readonly type: TokenType;
  /** The mailbox or number it is sent to. */
  readonly relatesTo: string;
  readonly flowStateId?: string | null;
  /** A fixed code, for test numbers. */
  readonly code?: string | undefined;
}

/** Makes the link and the code; an earlier one of the same kind stops working. */
export function createOneTimeToken(connection: Connection, context: AuthContext, request: TokenRequest): NewOneTimeToken {
  const settings = authSettingsOf(context.environment);
  const flowStateId = request.flowStateId ?? null;
  const link = newLinkToken(flowStateId !== null);
  const code = request.code ?? newCode(isPhoneType(request.type) ? settings.sms_otp_length : settings.mailer_otp_length);
  connection.run(
    `INSERT OR REPLACE INTO _koyalite_one_time_tokens(id, user_id, token_type, link_hash, code_hash, relates_to, flow_state_id, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    randomUUID(),
    request.userId,
    request.type,
    hashToken(link),
    codeHash(context, request.userId, request.type, code),
    request.relatesTo,
    flowStateId,
    toStoredTime(context.now()),
  );
  return { link, code };
}

/** Takes the token a link names; null when it is unknown, of another kind or too old. */
export function takeByLink(
  connection: Connection,
  context: AuthContext,
  link: string,
  types: readonly TokenType[],
): OneTimeToken | null {
  const row = connection.get('SELECT * FROM _koyalite_one_time_tokens WHERE link_hash = ?', hashToken(link));
  if (row === undefined || !isOneOf(row, types) || isOver(context, row, 'link')) return null;
  if (isPkceToken(link) !== (findText(row, 'flow_state_id') !== null)) return null;
  return take(connection, row);
}

/** Takes the token whose code was sent to this mailbox or number; counts a wrong guess against every candidate. */
export function takeByCode(
  connection: Connection,
  context: AuthContext,
  relatesTo: string,
  code: string,
  types: readonly TokenType[],
): OneTimeToken | null {
  const rows = connection.all(
    'SELECT * FROM _koyalite_one_time_tokens WHERE relates_to = ? AND code_hash IS NOT NULL',
    relatesTo,
  );
  const live = rows.filter((row) => isOneOf(row, types) && !isOver(context, row, 'code'));
  const hit = live.find((row) =>
    equalText(codeHash(context, textOf(row, 'user_id'), textOf(row, 'token_type'), code), textOf(row, 'code_hash')),
  );
  if (hit !== undefined) return take(connection, hit);
  for (const row of live) {
    connection.run(
      `UPDATE _koyalite_one_time_tokens SET failed_attempts = failed_attempts + 1,
         code_hash = iif(failed_attempts + 1 >= ?, NULL, code_hash) WHERE id = ?`,
      maxFailedAttempts,
      textOf(row, 'id'),
    );
  }
  return null;
}

/** Voids what is outstanding: after a password change no old link may still sign in. */
export function deleteOneTimeTokens(connection: Connection, userId: string): void {
  connection.run('DELETE FROM _koyalite_one_time_tokens WHERE user_id = ?', userId);
}

function take(connection: Connection, row: Row): OneTimeToken {
  connection.run('DELETE FROM _koyalite_one_time_tokens WHERE id = ?', textOf(row, 'id'));
  return {
    id: textOf(row, 'id'),
    userId: textOf(row, 'user_id'),
    type: textOf(row, 'token_type'),
    relatesTo: textOf(row, 'relates_to'),
    flowStateId: findText(row, 'flow_state_id'),
  };
}

function isPhoneType(type: string): boolean {
  return type === 'sms' || type === 'phone_change';
}

function isOneOf(row: Row, types: readonly string[]): boolean {
  return types.includes(textOf(row, 'token_type'));
}

function isOver(context: AuthContext, row: Row, form: 'link' | 'code'): boolean {
  const settings = authSettingsOf(context.environment);
  const mail = form === 'link' ? settings.mailer_otp_exp : Math.min(settings.mailer_code_exp, settings.mailer_otp_exp);
  const lifeSeconds = isPhoneType(textOf(row, 'token_type')) ? settings.sms_otp_exp : mail;
  return context.now() - timeMs(textOf(row, 'created_at')) >= lifeSeconds * 1000;
}

function codeHash(context: AuthContext, userId: string, type: string, code: string): string {
  return hashCode(context.sealingKey, `one-time-code ${userId} ${type}`, code);
}
