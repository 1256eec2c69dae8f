'use client';
/** The keys of an environment: shown on request, copied, made, revoked, rotated. */

import { KeyRoundIcon, PlusIcon, RefreshCwIcon } from 'lucide-react';
import { useState } from 'react';
import { EmptyState } from '#components/feedback/empty-state.tsx';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { ConfirmDialog } from '#components/form/confirm-dialog.tsx';
import { may } from '#components/platform/may.ts';
import { useApiKeys, useRotateApiKeys } from '#components/platform/use-api-keys.ts';
import { ApiKeyRow } from '#components/project-home/api-key-row.tsx';
import { NewKeyDialog } from '#components/project-home/new-key-dialog.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

export function ApiKeysCard({ environment, role }: { environment: string; role: string }) {
  const { data: keys, error, refetch } = useApiKeys(environment);
  const rotate = useRotateApiKeys(environment);
  const [dialog, setDialog] = useState<'new' | 'rotate' | null>(null);
  return (
    <Card aria-label="API keys">
      <CardHeader>
        <CardTitle>API keys</CardTitle>
        {may(role, 'admin') ? (
          <div className="flex gap-2">
            <Button variant="ghost" size="sm" onClick={() => setDialog('rotate')}>
              <RefreshCwIcon /> Rotate
            </Button>
            <Button variant="outline" size="sm" onClick={() => setDialog('new')}>
              <PlusIcon /> New key
            </Button>
          </div>
        ) : null}
      </CardHeader>
      {keys ? (
        <ul className="divide-y">
          {keys.map((key) => (
            <ApiKeyRow key={key.id ?? key.name} apiKey={key} environment={environment} role={role} />
          ))}
        </ul>
      ) : null}
      {keys?.length === 0 ? (
        <div className="p-4">
          <EmptyState icon={KeyRoundIcon} title="No keys">
            Apps need a key to call this environment.
          </EmptyState>
        </div>
      ) : null}
      {!keys && !error ? (
        <div className="grid gap-3 p-4" role="status">
          <span className="sr-only">Loading keys</span>
          <Skeleton className="h-8" />
          <Skeleton className="h-8" />
        </div>
      ) : null}
      {error && !keys ? (
        <div className="p-4">
          <ErrorPanel title="The keys could not be loaded" error={error} onRetry={() => refetch()} />
        </div>
      ) : null}
      <NewKeyDialog environment={environment} open={dialog === 'new'} onClose={() => setDialog(null)} />
      <ConfirmDialog
        open={dialog === 'rotate'}
        onClose={() => setDialog(null)}
        title="Rotate the keys?"
        description="A new JWT secret and new legacy keys take the place of the present ones: apps that use a legacy key need the new one. Tokens signed by the previous key hold until that key is removed."
        action="Rotate keys"
        onConfirm={() => rotate.mutate()}
      />
    </Card>
  );
}
