'use client';
/** A new personal access token; its text is shown this once. */

import { zodResolver } from '@hookform/resolvers/zod';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { SecretOnce } from '#components/feedback/secret-once.tsx';
import { Choice } from '#components/form/choice.tsx';
import { Field } from '#components/form/field.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { useCreatePersonalToken } from '#components/platform/use-account.ts';
import { useProjects } from '#components/platform/use-projects.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '#components/ui/dialog.tsx';
import { Input } from '#components/ui/input.tsx';

const scopes = [
  { value: 'read', label: 'Read' },
  { value: 'write', label: 'Read and write' },
  { value: 'admin', label: 'Everything you may' },
];
const day = 86_400;
const lifetimes = [
  { value: String(7 * day), label: '7 days' },
  { value: String(90 * day), label: '90 days' },
  { value: String(365 * day), label: 'A year' },
  { value: 'never', label: 'Never' },
];
const everywhere = '*';

const schema = z.object({
  name: z.string().trim().min(1, 'Give it a name.').max(80, 'At most 80 characters.'),
  scope: z.string(),
  project: z.string(),
  lifetime: z.string(),
});

export function NewTokenDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>New access token</DialogTitle>
          <DialogDescription>It acts in your name, within its scope.</DialogDescription>
        </DialogHeader>
        <NewTokenForm onClose={onClose} />
      </DialogContent>
    </Dialog>
  );
}

function NewTokenForm({ onClose }: { onClose: () => void }) {
  const create = useCreatePersonalToken();
  const { data: projects } = useProjects();
  const [token, setToken] = useState<string | null>(null);
  const form = useForm({
    resolver: zodResolver(schema),
    defaultValues: { name: '', scope: 'read', project: everywhere, lifetime: String(90 * day) },
  });
  const submit = form.handleSubmit(({ name, scope, project, lifetime }) =>
    create.mutate(
      {
        name,
        scope,
        project_ref: project === everywhere ? null : project,
        expires_in: lifetime === 'never' ? null : Number(lifetime),
      },
      {
        onSuccess: (answer) => setToken(answer.token),
        onError: (error) => form.setError('name', { message: toMessage(error) }),
      },
    ),
  );
  if (token !== null) {
    return (
      <>
        <SecretOnce text={token} label="token" note="It is not shown again." />
        <DialogFooter>
          <Button onClick={onClose}>Done</Button>
        </DialogFooter>
      </>
    );
  }
  const places = [
    { value: everywhere, label: 'All projects' },
    ...(projects ?? []).map((project) => ({ value: project.ref, label: project.name })),
  ];
  const choices = [
    { name: 'scope', label: 'Scope', options: scopes },
    { name: 'project', label: 'Project', options: places },
    { name: 'lifetime', label: 'Ends after', options: lifetimes },
  ] as const;
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <Field label="Name" error={form.formState.errors.name?.message}>
        {(control) => <Input autoComplete="off" placeholder="laptop" {...control} {...form.register('name')} />}
      </Field>
      {choices.map((choice) => (
        <Field key={choice.name} label={choice.label}>
          {(control) => (
            <Controller
              control={form.control}
              name={choice.name}
              render={({ field }) => (
                <Choice control={control} options={choice.options} value={field.value} onChange={field.onChange} />
              )}
            />
          )}
        </Field>
      ))}
      <DialogFooter>
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" disabled={create.isPending}>
          Create token
        </Button>
      </DialogFooter>
    </form>
  );
}
