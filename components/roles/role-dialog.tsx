'use client';
/** A role made or changed. */

import { zodResolver } from '@hookform/resolvers/zod';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { z } from 'zod';
import { Field } from '#components/form/field.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { type AppRole, useChangeAppRole, useCreateAppRole } from '#components/platform/use-app-roles.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '#components/ui/dialog.tsx';
import { Input } from '#components/ui/input.tsx';

const schema = z.object({
  name: z
    .string()
    .trim()
    .regex(/^[A-Za-z][\w.:-]{0,62}$/, 'Start with a letter; letters, digits and _ . : - may follow.'),
  description: z.string().trim().max(500, 'At most 500 characters.'),
});

interface RoleDialogProps {
  environment: string;
  /** Null for a new one. */
  role: AppRole | null;
  open: boolean;
  onClose: () => void;
}

export function RoleDialog({ environment, role, open, onClose }: RoleDialogProps) {
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>{role ? `Edit ${role.name}` : 'New role'}</DialogTitle>
          <DialogDescription>
            {role
              ? 'Whoever has it keeps it under its new name. Policies that name it do not follow: change them too.'
              : 'Users get it here, on their own page, or by the API.'}
          </DialogDescription>
        </DialogHeader>
        <RoleForm environment={environment} role={role} onClose={onClose} />
      </DialogContent>
    </Dialog>
  );
}

function RoleForm({ environment, role, onClose }: Omit<RoleDialogProps, 'open'>) {
  const create = useCreateAppRole(environment);
  const change = useChangeAppRole(environment);
  const form = useForm({
    resolver: zodResolver(schema),
    defaultValues: { name: role?.name ?? '', description: role?.description ?? '' },
  });
  const { errors } = form.formState;
  const onError = (error: unknown) => form.setError('name', { message: toMessage(error) });
  const submit = form.handleSubmit(({ name, description }) => {
    const fields = { name, description: description === '' ? null : description };
    const onSuccess = () => {
      toast.success(role ? `${name} saved` : `${name} created`);
      onClose();
    };
    if (role) change.mutate({ role, change: fields }, { onSuccess, onError });
    else create.mutate({ ...fields, permissions: [] }, { onSuccess, onError });
  });
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <Field label="Name" error={errors.name?.message}>
        {(control) => (
          <Input spellCheck={false} autoComplete="off" placeholder="editor" {...control} {...form.register('name')} />
        )}
      </Field>
      <Field label="Description" hint="Optional: who it is for." error={errors.description?.message}>
        {(control) => <Input autoComplete="off" {...control} {...form.register('description')} />}
      </Field>
      <DialogFooter>
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" disabled={create.isPending || change.isPending}>
          {role ? 'Save' : 'Create role'}
        </Button>
      </DialogFooter>
    </form>
  );
}
