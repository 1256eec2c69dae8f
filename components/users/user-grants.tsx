'use client';
/** Other apps a user has let in, and the end of it. */

import { useState } from 'react';
import { toast } from 'sonner';
import { DateTime } from '#components/feedback/date-time.tsx';
import { ConfirmDialog } from '#components/form/confirm-dialog.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { titleOf, useRevokeGrant, useUserGrants } from '#components/platform/use-oauth-clients.ts';
import { Button } from '#components/ui/button.tsx';

interface UserGrantsProps {
  environment: string;
  userId: string;
  canRevoke: boolean;
}

/** Nothing for who has let no app in, as most have not. */
export function UserGrants({ environment, userId, canRevoke }: UserGrantsProps) {
  const { data: grants, error } = useUserGrants(environment, userId);
  const revoke = useRevokeGrant(environment);
  const [leaving, setLeaving] = useState<{ client_id: string; client_name: string } | null>(null);
  if (error) return <p className="text-[13px] text-destructive">{toMessage(error)}</p>;
  if (!grants?.length) return null;
  return (
    <section aria-label="Apps" className="grid gap-2">
      <h3 className="text-xs font-medium text-muted-foreground">Apps the user let in</h3>
      <ul className="divide-y rounded-lg border bg-card">
        {grants.map((grant) => (
          <li key={grant.client_id} className="flex items-center gap-3 px-4 py-2">
            <div className="grid min-w-0 flex-1">
              <span className="truncate text-[13px]">{titleOf(grant)}</span>
              <span className="text-xs text-muted-foreground">
                {grant.scopes.join(', ')} since <DateTime iso={grant.since} />
              </span>
            </div>
            {canRevoke ? (
              <Button
                variant="ghost"
                size="sm"
                aria-label={`Revoke ${titleOf(grant)}`}
                disabled={revoke.isPending}
                onClick={() => setLeaving(grant)}
              >
                Revoke
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      <ConfirmDialog
        open={leaving !== null}
        onClose={() => setLeaving(null)}
        title={`Shut ${leaving ? titleOf(leaving) : ''} out?`}
        description="It is signed out of this user's account at once. The user may let it in again."
        action="Revoke"
        onConfirm={() =>
          leaving &&
          revoke.mutate(
            { clientId: leaving.client_id, userId },
            { onSuccess: () => toast.success(`${titleOf(leaving)} is shut out`) },
          )
        }
      />
    </section>
  );
}
