/** PKCE flows: from the challenge a client started with, over a mail or a provider, to the code it exchanges once. */

import { createHash, randomUUID } from 'node:crypto';
import type { Connection, Row } from '#lib/engine/database.ts';
import { toStoredTime } from '#lib/engine/stored-time.ts';
import { equalText, hashToken, randomToken, seal, unseal } from '#lib/identity/sealing.ts';
import { authError, validationFailed } from '#lib/services/auth/auth-error.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { findText, textOf, timeMs } from '#lib/services/auth/rows.ts';

export interface CodeChallenge {
  readonly challenge: string;
  readonly method: 's256' | 'plain';
}

/** The challenge of a request body or query; null when the client uses the implicit flow. Throws 400 for half of one. */
export function parseChallenge(challenge: string | null, method: string | null): CodeChallenge | null {
  if (!challenge && !method) return null;
  if (!challenge || !method) throw validationFailed('PKCE flow requires code_challenge_method and code_challenge');
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(challenge)) {
    throw validationFailed('code challenge has to be between 43 and 128 characters of letters, digits, and -._~');
  }
  const lower = method.toLowerCase();
  if (lower !== 's256' && lower !== 'plain') throw validationFailed('code_challenge_method must be s256 or plain');
  return { challenge, method: lower };
}

const lifeMs = 5 * 60_000;

export interface NewFlow {
  readonly userId?: string;
  readonly challenge: CodeChallenge | null;
  readonly provider: string;
  readonly authenticationMethod: string;
  readonly redirectTo?: string;
  readonly stateHash?: string;
  readonly verifier?: string;
  readonly nonce?: string;
  readonly linkingUserId?: string;
}

export interface Flow {
  readonly id: string;
  readonly userId: string | null;
  readonly linkingUserId: string | null;
  readonly provider: string;
  readonly challenge: CodeChallenge | null;
  readonly verifier: string | null;
  readonly nonce: string | null;
  readonly redirectTo: string | null;
  readonly authenticationMethod: string;
  readonly providerTokens: string | null;
}

/** Starts a flow and returns its id. Flows of the day before are swept out. */
export function createFlow(connection: Connection, context: AuthContext, flow: NewFlow): string {
  const id = randomUUID();
  const at = toStoredTime(context.now());
  connection.run('DELETE FROM _koyalite_flow_state WHERE created_at < ?', toStoredTime(context.now() - 2 * 86_400_000));
  connection.run(
    `INSERT INTO _koyalite_flow_state(id, user_id, linking_user_id, state_hash, code_challenge, code_challenge_method, provider,
       sealed_verifier, nonce, authentication_method, redirect_to, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    flow.userId ?? null,
    flow.linkingUserId ?? null,
    flow.stateHash ?? null,
    flow.challenge?.challenge ?? null,
    flow.challenge?.method ?? null,
    flow.provider,
    flow.verifier === undefined ? null : seal(context.sealingKey, 'flow verifier', flow.verifier),
    flow.nonce ?? null,
    flow.authenticationMethod,
    flow.redirectTo ?? null,
    at,
    at,
  );
  return id;
}

/** Takes the flow a provider's `state` names: a second callback with it finds nothing. Null when unknown or too old. */
export function takeFlowByState(connection: Connection, context: AuthContext, state: string): Flow | null {
  const row = connection.get('SELECT * FROM _koyalite_flow_state WHERE state_hash = ?', hashToken(state));
  if (row === undefined) return null;
  connection.run('UPDATE _koyalite_flow_state SET state_hash = NULL WHERE id = ?', textOf(row, 'id'));
  return context.now() - timeMs(textOf(row, 'created_at')) > 2 * lifeMs ? null : toFlow(context, row);
}

export function findFlow(connection: Connection, context: AuthContext, id: string): Flow | null {
  const row = connection.get('SELECT * FROM _koyalite_flow_state WHERE id = ?', id);
  return row === undefined ? null : toFlow(context, row);
}

/** Binds the flow to the user who proved themselves and returns the code the client will exchange. */
export function issueAuthCode(
  connection: Connection,
  context: AuthContext,
  flowId: string,
  userId: string,
  providerTokens?: string,
): string {
  const code = randomUUID();
  connection.run(
    `UPDATE _koyalite_flow_state SET user_id = ?, auth_code_hash = ?, auth_code_issued_at = ?, sealed_provider_tokens = ?, updated_at = ? WHERE id = ?`,
    userId,
    hashToken(code),
    toStoredTime(context.now()),
    providerTokens === undefined ? null : seal(context.sealingKey, 'provider tokens', providerTokens),
    toStoredTime(context.now()),
    flowId,
  );
  return code;
}

/** Exchanges a code for its flow, once. Throws GoTrue's errors for an unknown, stale or mismatched one. */
export function takeFlowByCode(connection: Connection, context: AuthContext, code: string, verifier: string): Flow {
  const row = connection.get('SELECT * FROM _koyalite_flow_state WHERE auth_code_hash = ?', hashToken(code));
  if (row === undefined) throw authError(404, 'flow_state_not_found', 'invalid flow state, no valid flow state found');
  const issuedAt = findText(row, 'auth_code_issued_at');
  if (issuedAt === null || context.now() - timeMs(issuedAt) > lifeMs) {
    throw authError(422, 'flow_state_expired', 'invalid flow state, flow state has expired');
  }
  const flow = toFlow(context, row);
  if (flow.challenge === null || !challengeHolds(flow.challenge, verifier)) {
    throw authError(400, 'bad_code_verifier', 'code challenge does not match previously saved code verifier');
  }
  connection.run('DELETE FROM _koyalite_flow_state WHERE id = ?', flow.id);
  return flow;
}

function challengeHolds({ challenge, method }: CodeChallenge, verifier: string): boolean {
  const shown = method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url');
  return equalText(shown, challenge);
}

function toFlow(context: AuthContext, row: Row): Flow {
  const challenge = findText(row, 'code_challenge');
  const verifier = findText(row, 'sealed_verifier');
  const tokens = findText(row, 'sealed_provider_tokens');
  return {
    id: textOf(row, 'id'),
    userId: findText(row, 'user_id'),
    linkingUserId: findText(row, 'linking_user_id'),
    provider: textOf(row, 'provider'),
    challenge:
      challenge === null ? null : { challenge, method: findText(row, 'code_challenge_method') === 'plain' ? 'plain' : 's256' },
    verifier: verifier === null ? null : unseal(context.sealingKey, 'flow verifier', verifier),
    nonce: findText(row, 'nonce'),
    redirectTo: findText(row, 'redirect_to'),
    authenticationMethod: textOf(row, 'authentication_method'),
    providerTokens: tokens === null ? null : unseal(context.sealingKey, 'provider tokens', tokens),
  };
}

/** A `state` parameter nobody can guess, and what is stored of it. */
export function newState(): { state: string; stateHash: string } {
  const state = randomToken();
  return { state, stateHash: hashToken(state) };
}
