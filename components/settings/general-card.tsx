'use client';
/** The project's name, and the ref that never changes. */

import { zodResolver } from '@hookform/resolvers/zod';
import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { z } from 'zod';
import { CopyButton } from '#components/feedback/copy-button.tsx';
import { Field } from '#components/form/field.tsx';
import type { Project } from '#components/platform/schemas.ts';
import { useChangeProject } from '#components/platform/use-projects.ts';
import { SaveBar } from '#components/settings/save-bar.tsx';
import { Card, CardContent, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { Input } from '#components/ui/input.tsx';

const schema = z.object({ name: z.string().trim().min(1, 'Give the project a name.').max(80, 'At most 80 characters.') });

export function GeneralCard({ project, canManage }: { project: Project; canManage: boolean }) {
  const change = useChangeProject(project.ref);
  const form = useForm({ resolver: zodResolver(schema), values: { name: project.name } });
  const submit = form.handleSubmit(({ name }) =>
    change.mutate({ kind: 'update', name }, { onSuccess: () => toast.success('Name saved') }),
  );
  return (
    <Card aria-label="General">
      <form onSubmit={submit} noValidate>
        <CardHeader>
          <CardTitle>General</CardTitle>
        </CardHeader>
        <CardContent className="grid gap-5 sm:grid-cols-2">
          <Field label="Project name" error={form.formState.errors.name?.message}>
            {(control) => <Input autoComplete="off" disabled={!canManage} {...control} {...form.register('name')} />}
          </Field>
          <Field label="Ref" hint="Part of every address; it never changes.">
            {(control) => (
              <div className="flex items-center gap-1">
                <Input readOnly className="bg-muted/50 font-mono" value={project.ref} {...control} />
                <CopyButton text={project.ref} label="ref" />
              </div>
            )}
          </Field>
        </CardContent>
        <SaveBar dirty={form.formState.isDirty} saving={change.isPending} onReset={() => form.reset()} />
      </form>
    </Card>
  );
}
