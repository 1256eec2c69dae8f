'use client';
/** Invites somebody to a project; the link is shown this once. */

import { zodResolver } from '@hookform/resolvers/zod';
import { useState } from 'react';
import { Controller, useForm, useWatch } from 'react-hook-form';
import { z } from 'zod';
import { SecretOnce } from '#components/feedback/secret-once.tsx';
import { Field } from '#components/form/field.tsx';
import { RoleSelect } from '#components/members/role-select.tsx';
import { roles } from '#components/members/roles.ts';
import { toMessage } from '#components/platform/platform-error.ts';
import type { Project } from '#components/platform/schemas.ts';
import { useInvite } from '#components/platform/use-members.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '#components/ui/dialog.tsx';
import { Input } from '#components/ui/input.tsx';

const schema = z.object({ email: z.email('Enter an e-mail address.'), role: z.string() });

export function InviteDialog({ project, open, onClose }: { project: Project; open: boolean; onClose: () => void }) {
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Invite to {project.name}</DialogTitle>
          <DialogDescription>Whoever opens the link sets a name and a password.</DialogDescription>
        </DialogHeader>
        <InviteForm project={project} onClose={onClose} />
      </DialogContent>
    </Dialog>
  );
}

function InviteForm({ project, onClose }: { project: Project; onClose: () => void }) {
  const invite = useInvite(project.ref);
  const [link, setLink] = useState<string | null>(null);
  const mailed = invite.data?.mail === 'queued';
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { email: '', role: 'developer' } });
  const role = useWatch({ control: form.control, name: 'role' });
  const submit = form.handleSubmit((values) =>
    invite.mutate(values, {
      // Without a configured address the server names only the path.
      onSuccess: (answer) => setLink(new URL(answer.link, window.location.href).href),
      onError: (error) => form.setError('email', { message: toMessage(error) }),
    }),
  );
  if (link !== null) {
    return (
      <>
        <SecretOnce
          text={link}
          label="invitation link"
          note={
            mailed
              ? 'It is on its way by mail too. It is not shown again.'
              : 'Give it to them yourself: no mail is sent. It is not shown again.'
          }
        />
        <DialogFooter>
          <Button onClick={onClose}>Done</Button>
        </DialogFooter>
      </>
    );
  }
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <Field label="E-mail" error={form.formState.errors.email?.message}>
        {(control) => <Input type="email" autoComplete="off" {...control} {...form.register('email')} />}
      </Field>
      <div className="grid gap-1.5">
        <p className="text-[13px] font-medium">Role</p>
        <Controller
          control={form.control}
          name="role"
          render={({ field }) => <RoleSelect label="Role" mine={project.role} value={field.value} onChange={field.onChange} />}
        />
        <p className="text-xs text-muted-foreground">{roles.find((one) => one.value === role)?.hint}</p>
      </div>
      <DialogFooter>
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" disabled={invite.isPending}>
          Invite
        </Button>
      </DialogFooter>
    </form>
  );
}
