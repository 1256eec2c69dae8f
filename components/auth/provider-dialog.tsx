'use client';
/** One provider: on or off, its client id and its secret, which is written and never read. */

import { useState } from 'react';
import { toast } from 'sonner';
import type { Provider } from '#components/auth/provider-list.ts';
import { CopyButton } from '#components/feedback/copy-button.tsx';
import { Field } from '#components/form/field.tsx';
import { SwitchRow } from '#components/form/switch-row.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { type AuthConfig, useUpdateAuthConfig } from '#components/platform/use-auth-config.ts';
import { useOrigin } from '#components/shell/use-location.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '#components/ui/dialog.tsx';
import { Input } from '#components/ui/input.tsx';

interface ProviderDialogProps {
  environment: string;
  config: AuthConfig;
  provider: Provider | null;
  onClose: () => void;
}

export function ProviderDialog({ provider, onClose, ...props }: ProviderDialogProps) {
  return (
    <Dialog open={provider !== null} onOpenChange={(next) => !next && onClose()}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>{provider?.title}</DialogTitle>
          <DialogDescription>Register an OAuth app there and give it this callback URL.</DialogDescription>
        </DialogHeader>
        {provider ? <ProviderForm provider={provider} onClose={onClose} {...props} /> : null}
      </DialogContent>
    </Dialog>
  );
}

function ProviderForm({ environment, config, provider, onClose }: ProviderDialogProps & { provider: Provider }) {
  const origin = useOrigin();
  const update = useUpdateAuthConfig(environment);
  const key = (part: string) => `external_${provider.name}_${part}`;
  const text = (part: string) => String(config[key(part)] ?? '');
  const [enabled, setEnabled] = useState(config[key('enabled')] === true);
  const [clientId, setClientId] = useState(text('client_id'));
  const [url, setUrl] = useState(text('url'));
  const [secret, setSecret] = useState('');
  const hasSecret = text('secret') !== '';
  const callback = `${origin}/api/${environment}/auth/v1/callback`;
  const lacks = enabled && clientId.trim() === '' ? 'A provider that is on needs a client id.' : undefined;
  const submit = () => {
    if (lacks) return;
    const patch = {
      [key('enabled')]: enabled,
      [key('client_id')]: clientId.trim(),
      ...(provider.hasUrl ? { [key('url')]: url.trim() } : {}),
      ...(secret === '' ? {} : { [key('secret')]: secret }),
    };
    update.mutate(patch, {
      onSuccess: () => {
        toast.success(`${provider.title} saved`);
        onClose();
      },
    });
  };
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="flex min-w-0 items-center gap-1 rounded-md border bg-code py-0.5 pr-1 pl-2.5">
        <code className="min-w-0 flex-1 truncate font-mono text-xs">{callback}</code>
        <CopyButton text={callback} label="callback URL" />
      </div>
      <SwitchRow label="On" hint="Offered by the auth API of this environment." checked={enabled} onChange={setEnabled} />
      <Field label="Client id" error={lacks}>
        {(control) => (
          <Input
            autoComplete="off"
            spellCheck={false}
            {...control}
            value={clientId}
            onChange={(event) => setClientId(event.target.value)}
          />
        )}
      </Field>
      <Field label="Client secret" hint="Kept encrypted; it is never shown again.">
        {(control) => (
          <Input
            type="password"
            autoComplete="new-password"
            placeholder={hasSecret ? 'Set; type to replace' : 'Not set'}
            {...control}
            value={secret}
            onChange={(event) => setSecret(event.target.value)}
          />
        )}
      </Field>
      {provider.hasUrl ? (
        <Field label="Issuer URL" hint="Its own address, if it has one.">
          {(control) => <Input autoComplete="off" {...control} value={url} onChange={(event) => setUrl(event.target.value)} />}
        </Field>
      ) : null}
      <p role="alert" className="text-[13px] text-destructive empty:hidden">
        {update.error ? toMessage(update.error) : null}
      </p>
      <DialogFooter>
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" disabled={update.isPending || lacks !== undefined}>
          Save
        </Button>
      </DialogFooter>
    </form>
  );
}
