'use client';
/** Personal access tokens: for the CLI and for programs. */

import { PlusIcon, Trash2Icon } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { NewTokenDialog } from '#components/account/new-token-dialog.tsx';
import { DateTime } from '#components/feedback/date-time.tsx';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { ConfirmDialog } from '#components/form/confirm-dialog.tsx';
import { type PersonalToken, usePersonalTokens, useRevokePersonalToken } from '#components/platform/use-account.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

export function TokensCard() {
  const { data: tokens, error, refetch } = usePersonalTokens();
  const revoke = useRevokePersonalToken();
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<PersonalToken | null>(null);
  return (
    <Card aria-label="Access tokens">
      <CardHeader>
        <div className="grid gap-0.5">
          <CardTitle>Access tokens</CardTitle>
          <CardDescription>For the CLI and for programs that call the Platform API.</CardDescription>
        </div>
        <Button variant="outline" size="sm" onClick={() => setAdding(true)}>
          <PlusIcon /> New token
        </Button>
      </CardHeader>
      {error && !tokens ? (
        <CardContent>
          <ErrorPanel title="The tokens could not be loaded" error={error} onRetry={() => refetch()} />
        </CardContent>
      ) : null}
      {!tokens && !error ? (
        <CardContent role="status">
          <span className="sr-only">Loading tokens</span>
          <Skeleton className="h-8" />
        </CardContent>
      ) : null}
      {tokens?.length === 0 ? <CardContent className="text-[13px] text-muted-foreground">No tokens.</CardContent> : null}
      <ul className="divide-y">
        {tokens?.map((token) => (
          <li key={token.id} className="flex min-h-12 items-center gap-3 px-4 py-2">
            <div className="grid min-w-0 flex-1">
              <span className="truncate text-[13px] font-medium">{token.name}</span>
              <span className="text-xs text-muted-foreground">
                {token.last_used_at ? (
                  <>
                    Used <DateTime iso={token.last_used_at} />
                  </>
                ) : (
                  'Never used'
                )}
                {token.expires_at ? ` · ends ${new Date(token.expires_at).toLocaleDateString()}` : ' · does not end'}
              </span>
            </div>
            <Badge variant="outline">{token.project_ref ?? 'all projects'}</Badge>
            <Badge variant={token.scope === 'admin' ? 'warning' : 'outline'}>{token.scope}</Badge>
            <Button variant="ghost" size="icon-sm" aria-label={`Revoke ${token.name}`} onClick={() => setRevoking(token)}>
              <Trash2Icon />
            </Button>
          </li>
        ))}
      </ul>
      <NewTokenDialog open={adding} onClose={() => setAdding(false)} />
      <ConfirmDialog
        open={revoking !== null}
        onClose={() => setRevoking(null)}
        title={`Revoke ${revoking?.name ?? ''}?`}
        description="Programs that use it are refused from now on."
        action="Revoke token"
        onConfirm={() => revoking && revoke.mutate(revoking.id, { onSuccess: () => toast.success(`${revoking.name} revoked`) })}
      />
    </Card>
  );
}
