'use client';
/** A new key: its name and its kind. */

import { zodResolver } from '@hookform/resolvers/zod';
import { Controller, useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { z } from 'zod';
import { Field } from '#components/form/field.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { useCreateApiKey } from '#components/platform/use-api-keys.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '#components/ui/dialog.tsx';
import { Input } from '#components/ui/input.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/select.tsx';

const schema = z.object({
  name: z
    .string()
    .trim()
    .regex(/^[a-z_][a-z0-9_]{0,63}$/, 'Lower-case letters, digits and underscores.'),
  type: z.enum(['publishable', 'secret']),
});

export function NewKeyDialog({ environment, open, onClose }: { environment: string; open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>New API key</DialogTitle>
          <DialogDescription>Give each app its own key, so that one can be revoked alone.</DialogDescription>
        </DialogHeader>
        <NewKeyForm environment={environment} onClose={onClose} />
      </DialogContent>
    </Dialog>
  );
}

function NewKeyForm({ environment, onClose }: { environment: string; onClose: () => void }) {
  const create = useCreateApiKey(environment);
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { name: '', type: 'publishable' as const } });
  const { errors } = form.formState;
  const submit = form.handleSubmit((key) =>
    create.mutate(key, {
      onSuccess: () => {
        toast.success(`Key ${key.name} created`);
        onClose();
      },
      onError: (error) => form.setError('name', { message: toMessage(error) }),
    }),
  );
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <Field label="Name" error={errors.name?.message}>
        {(control) => (
          <Input autoComplete="off" placeholder="mobile_app" className="font-mono" {...control} {...form.register('name')} />
        )}
      </Field>
      <Field label="Kind" hint="A secret key passes every policy: only servers may hold one.">
        {(control) => (
          <Controller
            control={form.control}
            name="type"
            render={({ field }) => (
              <Select value={field.value} onValueChange={field.onChange}>
                <SelectTrigger {...control}>
                  <SelectValue />
                </SelectTrigger>
                <SelectContent>
                  <SelectItem value="publishable">Publishable</SelectItem>
                  <SelectItem value="secret">Secret</SelectItem>
                </SelectContent>
              </Select>
            )}
          />
        )}
      </Field>
      <DialogFooter>
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" disabled={create.isPending}>
          Create key
        </Button>
      </DialogFooter>
    </form>
  );
}
