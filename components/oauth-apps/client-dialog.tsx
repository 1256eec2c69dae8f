'use client';
/** An app registered or changed. */

import { zodResolver } from '@hookform/resolvers/zod';
import { Controller, useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { z } from 'zod';
import { Choice } from '#components/form/choice.tsx';
import { Field } from '#components/form/field.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import {
  type ClientWithSecret,
  type OAuthClient,
  titleOf,
  useCreateOAuthClient,
  useUpdateOAuthClient,
} from '#components/platform/use-oauth-clients.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '#components/ui/dialog.tsx';
import { Input } from '#components/ui/input.tsx';
import { Textarea } from '#components/ui/textarea.tsx';

const schema = z.object({
  name: z.string().trim().min(1, 'Users decide by its name.').max(1024, 'At most 1,024 characters.'),
  addresses: z.string().trim().min(1, 'Name one address at least.'),
  kind: z.enum(['confidential', 'public']),
});

const kinds = [
  { value: 'confidential', label: 'On a server, with a secret' },
  { value: 'public', label: 'In a browser or on a device, without' },
] as const;

interface ClientDialogProps {
  environment: string;
  /** Null for a new one. */
  client: OAuthClient | null;
  open: boolean;
  onClose: () => void;
  onMade: (client: ClientWithSecret) => void;
}

export function ClientDialog({ open, onClose, ...rest }: ClientDialogProps) {
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>{rest.client ? `Edit ${titleOf(rest.client)}` : 'Register an app'}</DialogTitle>
          <DialogDescription>
            {rest.client
              ? 'When its addresses change, sign-ins under way end.'
              : 'It may ask your users to sign in. Each is shown its name and says yes or no.'}
          </DialogDescription>
        </DialogHeader>
        <ClientForm onClose={onClose} {...rest} />
      </DialogContent>
    </Dialog>
  );
}

function ClientForm({ environment, client, onClose, onMade }: Omit<ClientDialogProps, 'open'>) {
  const create = useCreateOAuthClient(environment);
  const update = useUpdateOAuthClient(environment);
  const form = useForm({
    resolver: zodResolver(schema),
    defaultValues: {
      name: client?.client_name ?? '',
      addresses: client?.redirect_uris.join('\n') ?? '',
      kind: client?.client_type ?? 'confidential',
    },
  });
  const { errors } = form.formState;
  // Most of what a server refuses here is an address.
  const onError = (error: unknown) => form.setError('addresses', { message: toMessage(error) });
  const submit = form.handleSubmit(({ name, addresses, kind }) => {
    const fields = { client_name: name, redirect_uris: addresses.split(/\s+/) };
    if (client === null) {
      const onSuccess = (made: ClientWithSecret) => {
        onClose();
        onMade(made);
      };
      return create.mutate({ ...fields, client_type: kind }, { onSuccess, onError });
    }
    const onSuccess = () => {
      toast.success(`${name} saved`);
      onClose();
    };
    update.mutate({ id: client.client_id, change: fields }, { onSuccess, onError });
  });
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <Field label="Name" error={errors.name?.message}>
        {(control) => <Input autoComplete="off" placeholder="Planner" {...control} {...form.register('name')} />}
      </Field>
      <Field
        label="Redirect addresses"
        hint="One per line, compared letter by letter: https, http on the own machine, or a scheme of the app’s own."
        error={errors.addresses?.message}
      >
        {(control) => (
          <Textarea
            rows={3}
            spellCheck={false}
            className="font-mono text-xs"
            placeholder="https://planner.example.com/callback"
            {...control}
            {...form.register('addresses')}
          />
        )}
      </Field>
      {client === null ? (
        <Field label="Where it runs">
          {(control) => (
            <Controller
              control={form.control}
              name="kind"
              render={({ field }) => <Choice control={control} options={kinds} value={field.value} onChange={field.onChange} />}
            />
          )}
        </Field>
      ) : null}
      <DialogFooter>
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" disabled={create.isPending || update.isPending}>
          {client ? 'Save' : 'Register app'}
        </Button>
      </DialogFooter>
    </form>
  );
}
