'use client';
/** A new environment: its name and its kind. */

import { zodResolver } from '@hookform/resolvers/zod';
import { Controller, useForm, useWatch } from 'react-hook-form';
import { toast } from 'sonner';
import { z } from 'zod';
import { Field } from '#components/form/field.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import type { Project } from '#components/platform/schemas.ts';
import { useCreateEnvironment } from '#components/platform/use-environments.ts';
import { toProjectRef } from '#components/projects/project-ref.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '#components/ui/dialog.tsx';
import { Input } from '#components/ui/input.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/select.tsx';

const kinds = [
  { value: 'staging', label: 'Staging' },
  { value: 'dev', label: 'Development' },
  { value: 'branch', label: 'Branch' },
];

const schema = z.object({
  name: z
    .string()
    .trim()
    .max(40, 'At most 40 characters.')
    .refine((name) => toProjectRef(name) !== '', 'A name with at least one letter.'),
  kind: z.enum(['staging', 'dev', 'branch']),
});

interface NewEnvironmentDialogProps {
  project: Project;
  open: boolean;
  onClose: () => void;
}

export function NewEnvironmentDialog({ project, open, onClose }: NewEnvironmentDialogProps) {
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Add environment</DialogTitle>
          <DialogDescription>
            It has its own database, keys and objects. A branch starts as a copy of production.
          </DialogDescription>
        </DialogHeader>
        <NewEnvironmentForm project={project} onClose={onClose} />
      </DialogContent>
    </Dialog>
  );
}

function NewEnvironmentForm({ project, onClose }: { project: Project; onClose: () => void }) {
  const create = useCreateEnvironment(project.ref);
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { name: '', kind: 'staging' as const } });
  const { errors } = form.formState;
  const name = useWatch({ control: form.control, name: 'name' });
  const submit = form.handleSubmit((environment) =>
    create.mutate(environment, {
      onSuccess: () => {
        toast.success(`${environment.name} added`);
        onClose();
      },
      onError: (error) => form.setError('name', { message: toMessage(error) }),
    }),
  );
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <Field
        label="Name"
        error={errors.name?.message}
        hint={
          <>
            Addressed as <code className="font-mono">{`${project.ref}-${toProjectRef(name) || '…'}`}</code>
          </>
        }
      >
        {(control) => <Input autoComplete="off" placeholder="staging" {...control} {...form.register('name')} />}
      </Field>
      <Field label="Kind">
        {(control) => (
          <Controller
            control={form.control}
            name="kind"
            render={({ field }) => (
              <Select value={field.value} onValueChange={field.onChange}>
                <SelectTrigger {...control}>
                  <SelectValue />
                </SelectTrigger>
                <SelectContent>
                  {kinds.map((kind) => (
                    <SelectItem key={kind.value} value={kind.value}>
                      {kind.label}
                    </SelectItem>
                  ))}
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
          Add environment
        </Button>
      </DialogFooter>
    </form>
  );
}
