/**
 * Refresh tokens that are stored only as hashes and yet can be handed out twice. A child is derived from its parent's text
 * and a salt kept with the parent, so whoever presents the parent within the grace window gets the very same child:
 * 50 parallel refreshes leave one live token, and a stolen file holds none.
 */

import { createHmac, randomBytes } from 'node:crypto';
import { hashToken, randomToken } from '#lib/identity/sealing.ts';

export interface RefreshToken {
  readonly token: string;
  readonly hash: string;
  /** Kept with the token's row: what its child is derived with. */
  readonly childSalt: string;
}

/** The first token of a session. */
export function newRefreshToken(): RefreshToken {
  return describeToken(randomToken());
}

/** The one child this parent has. */
export function childOf(parent: string, parentSalt: string): RefreshToken {
  return describeToken(createHmac('sha256', parent).update(parentSalt).digest('base64url'));
}

function describeToken(token: string): RefreshToken {
  return { token, hash: hashToken(token), childSalt: randomBytes(16).toString('base64url') };
}

/** Opaque to clients; this only tells an obvious mistake from an unknown token. */
export function looksLikeRefreshToken(text: string): boolean {
  return /^[A-Za-z0-9_-]{12,512}$/.test(text);
}
