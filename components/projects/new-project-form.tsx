'use client';
/** Name, address and compliance of a project to be. */

import { zodResolver } from '@hookform/resolvers/zod';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { Controller, useForm, useWatch } from 'react-hook-form';
import { toast } from 'sonner';
import { z } from 'zod';
import { ComplianceSwitches } from '#components/form/compliance-switches.tsx';
import { Field } from '#components/form/field.tsx';
import { PlatformError, toMessage } from '#components/platform/platform-error.ts';
import { useCreateProject } from '#components/platform/use-projects.ts';
import { refPattern, toProjectRef } from '#components/projects/project-ref.ts';
import { useOrigin } from '#components/shell/use-location.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { Input } from '#components/ui/input.tsx';

const schema = z.object({
  name: z.string().trim().min(1, 'Give the project a name.').max(80, 'At most 80 characters.'),
  ref: z
    .string()
    .max(41, 'At most 41 characters.')
    .regex(refPattern, 'Two or more lower-case letters, digits and single hyphens, starting with a letter.'),
  compliance: z.object({ hipaa: z.boolean(), gdpr: z.boolean(), ccpa: z.boolean() }),
});

/** Whether the server refused the ref: taken, or reserved for an address of its own. */
function isAboutRef(error: unknown): boolean {
  return error instanceof PlatformError && /ref/.test(error.code);
}

export function NewProjectForm() {
  const router = useRouter();
  const origin = useOrigin();
  const create = useCreateProject();
  const form = useForm({
    resolver: zodResolver(schema),
    defaultValues: { name: '', ref: '', compliance: { hipaa: false, gdpr: false, ccpa: false } },
  });
  const { errors, dirtyFields } = form.formState;
  const ref = useWatch({ control: form.control, name: 'ref' });

  const suggestRef = (name: string) => {
    if (!dirtyFields.ref) form.setValue('ref', toProjectRef(name), { shouldValidate: form.formState.isSubmitted });
  };

  const submit = form.handleSubmit((project) =>
    create.mutate(project, {
      onSuccess: (created) => {
        toast.success(`${created.name} is ready`);
        router.push(`/projects/${encodeURIComponent(created.ref)}`);
      },
      onError: (error) => form.setError(isAboutRef(error) ? 'ref' : 'root', { message: toMessage(error) }, { shouldFocus: true }),
    }),
  );

  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <Card>
        <CardContent className="grid gap-5">
          <Field label="Name" error={errors.name?.message}>
            {(control) => (
              <Input
                autoFocus
                autoComplete="off"
                placeholder="Shop"
                {...control}
                {...form.register('name', { onChange: (event: { target: { value: string } }) => suggestRef(event.target.value) })}
              />
            )}
          </Field>
          <Field
            label="Ref"
            error={errors.ref?.message}
            hint="Part of every address of this project. It cannot be changed later."
          >
            {(control) => (
              <Input
                autoComplete="off"
                spellCheck={false}
                className="font-mono"
                placeholder="shop"
                {...control}
                {...form.register('ref')}
              />
            )}
          </Field>
          <div className="grid gap-1.5">
            <p className="text-[13px] font-medium">API URL</p>
            <output className="block truncate rounded-md border bg-code px-2.5 py-1.5 font-mono text-xs text-muted-foreground">
              {origin}/api/<span className="text-foreground">{ref || 'your-ref'}</span>
            </output>
          </div>
        </CardContent>
      </Card>
      <Card>
        <CardHeader>
          <div className="grid gap-0.5">
            <CardTitle>Compliance</CardTitle>
            <CardDescription>Stricter rules for this project. They can be turned on later as well.</CardDescription>
          </div>
        </CardHeader>
        <CardContent>
          <Controller
            control={form.control}
            name="compliance"
            render={({ field }) => <ComplianceSwitches value={field.value} onChange={field.onChange} />}
          />
        </CardContent>
        <CardFooter>
          <p role="alert" className="text-[13px] text-destructive">
            {errors.root?.message}
          </p>
          <div className="ml-auto flex gap-2">
            <Button variant="ghost" asChild>
              <Link href="/">Cancel</Link>
            </Button>
            <Button type="submit" disabled={create.isPending}>
              {create.isPending ? 'Creating…' : 'Create project'}
            </Button>
          </div>
        </CardFooter>
      </Card>
    </form>
  );
}
