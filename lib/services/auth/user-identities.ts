/** `DELETE /user/identities/{id}`: a user takes one of several ways to sign in away. */

import { type HttpResponse, jsonResponse } from '#lib/http/exchange.ts';
import { recordAudit } from '#lib/services/auth/audit.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import { requireUser } from '#lib/services/auth/bearer.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { deleteIdentity, listIdentities } from '#lib/services/auth/identities.ts';
import { endOtherSessions, requireRecentProof } from '#lib/services/auth/recent-proof.ts';
import { updateUser } from '#lib/services/auth/users.ts';

export async function unlinkIdentity(context: AuthContext): Promise<HttpResponse> {
  const { user, session } = requireUser(context);
  if (!authSettingsOf(context.environment).security_manual_linking_enabled) {
    throw authError(404, 'manual_linking_disabled', 'Manual linking is disabled');
  }
  requireRecentProof(context, { user, session });
  await context.database.write((connection) => {
    const identities = listIdentities(connection, user.id);
    const identity = identities.find((candidate) => candidate.id === context.params.id);
    if (identity === undefined) throw authError(422, 'identity_not_found', "Identity doesn't exist");
    if (identities.length < 2) {
      throw authError(422, 'single_identity_not_deletable', 'User must have at least 1 identity after unlinking');
    }
    deleteIdentity(connection, identity.id);
    const providers = [...new Set(identities.filter((other) => other.id !== identity.id).map((other) => other.provider))];
    const appMetadata = { ...user.appMetadata, provider: providers[0], providers };
    // The address stays the user's contact, but it no longer signs in on its own.
    const own = identity.provider === 'phone' ? { phone: null, phone_confirmed_at: null } : {};
    updateUser(connection, user.id, { raw_app_meta_data: appMetadata, ...own }, context.now());
    endOtherSessions(connection, context, user.id, session?.id ?? null);
    recordAudit(connection, context, { action: 'identity_unlinked', actorId: user.id, traits: { provider: identity.provider } });
  });
  return jsonResponse(200, {});
}
