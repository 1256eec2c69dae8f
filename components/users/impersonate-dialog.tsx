'use client';
/** Asks why and for how long before an operator views an environment as one of its users. */

import { zodResolver } from '@hookform/resolvers/zod';
import { Controller, useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { z } from 'zod';
import { Field } from '#components/form/field.tsx';
import { useImpersonate } from '#components/platform/impersonation.ts';
import { toMessage } from '#components/platform/platform-error.ts';
import { type EndUser, toUserLabel } from '#components/platform/use-end-users.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogFooter, DialogHeader, DialogTitle } from '#components/ui/dialog.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/select.tsx';
import { Textarea } from '#components/ui/textarea.tsx';

const durations = [
  { value: '5', label: '5 minutes' },
  { value: '15', label: '15 minutes' },
  { value: '30', label: '30 minutes' },
  { value: '60', label: '1 hour' },
];

const schema = z.object({
  reason: z.string().trim().min(3, 'Say why.').max(500, 'At most 500 characters.'),
  minutes: z.string(),
});

interface ImpersonateDialogProps {
  environment: string;
  user: EndUser;
  open: boolean;
  onClose: () => void;
}

export function ImpersonateDialog({ environment, user, open, onClose }: ImpersonateDialogProps) {
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>View as {toUserLabel(user)}?</DialogTitle>
          <DialogDescription>
            You get a token that sees and does what this user may. Your name, the user and your reason go to the audit log.
          </DialogDescription>
        </DialogHeader>
        <ImpersonateForm environment={environment} user={user} onClose={onClose} />
      </DialogContent>
    </Dialog>
  );
}

function ImpersonateForm({ environment, user, onClose }: Omit<ImpersonateDialogProps, 'open'>) {
  const impersonate = useImpersonate(environment);
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { reason: '', minutes: '15' } });
  const { errors } = form.formState;
  const submit = form.handleSubmit(({ reason, minutes }) =>
    impersonate.mutate(
      { sub: user.id, label: toUserLabel(user), reason, ttlSeconds: Number(minutes) * 60 },
      {
        onSuccess: () => {
          toast.success(`Viewing as ${toUserLabel(user)}`);
          onClose();
        },
        onError: (error) => form.setError('reason', { message: toMessage(error) }),
      },
    ),
  );
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <Field label="Reason" error={errors.reason?.message}>
        {(control) => (
          <Textarea rows={2} placeholder="Ticket 4711: order list stays empty" {...control} {...form.register('reason')} />
        )}
      </Field>
      <Field label="For">
        {(control) => (
          <Controller
            control={form.control}
            name="minutes"
            render={({ field }) => (
              <Select value={field.value} onValueChange={field.onChange}>
                <SelectTrigger {...control}>
                  <SelectValue />
                </SelectTrigger>
                <SelectContent>
                  {durations.map((duration) => (
                    <SelectItem key={duration.value} value={duration.value}>
                      {duration.label}
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
        <Button type="submit" disabled={impersonate.isPending}>
          View as user
        </Button>
      </DialogFooter>
    </form>
  );
}
