'use client';
/** What an app has to be told after it is registered or its secret renewed: shown this once. */

import { SecretOnce } from '#components/feedback/secret-once.tsx';
import { type ClientWithSecret, titleOf } from '#components/platform/use-oauth-clients.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '#components/ui/dialog.tsx';

export function ClientSecretDialog({ client, onClose }: { client: ClientWithSecret | null; onClose: () => void }) {
  return (
    <Dialog open={client !== null} onOpenChange={(open) => !open && onClose()}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>{client ? titleOf(client) : ''} can sign users in</DialogTitle>
          <DialogDescription>Configure the app with these.</DialogDescription>
        </DialogHeader>
        {client ? (
          <div className="grid min-w-0 gap-4">
            <SecretOnce text={client.client_id} label="client id" note="The client id is no secret." />
            {client.client_secret === null ? null : (
              <SecretOnce
                text={client.client_secret}
                label="client secret"
                note="The client secret is shown this once. Only a server may hold it."
              />
            )}
          </div>
        ) : null}
        <DialogFooter>
          <Button onClick={onClose}>Done</Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
