'use client';
/** How mails to operators leave this machine, and how the last ones went. */

import { useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { DateTime } from '#components/feedback/date-time.tsx';
import { Field } from '#components/form/field.tsx';
import { toChanges } from '#components/instance/changes.ts';
import { LoadedCard } from '#components/instance/loaded-card.tsx';
import { MailStatus } from '#components/instance/mail-status.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import {
  type InstanceMail,
  useChangeInstanceMail,
  useInstanceMail,
  useInstanceMails,
  useSendTestMail,
} from '#components/platform/use-instance.ts';
import { SaveBar } from '#components/settings/save-bar.tsx';
import { Button } from '#components/ui/button.tsx';
import { CardContent } from '#components/ui/card.tsx';
import { Input } from '#components/ui/input.tsx';

export function MailCard() {
  const settings = useInstanceMail();
  return (
    <LoadedCard
      title="Mails to operators"
      description="Invitations, notices of new browsers, links for a new password. Without a server none is written."
      query={settings}
    >
      {(data) => (
        <>
          <MailForm settings={data} />
          <SentMails />
        </>
      )}
    </LoadedCard>
  );
}

function MailForm({ settings }: { settings: InstanceMail }) {
  const change = useChangeInstanceMail();
  const test = useSendTestMail();
  const form = useForm({ values: settings });
  const submit = form.handleSubmit((values) =>
    change.mutate(toChanges(settings, { ...values, smtp_port: Number(values.smtp_port) }), {
      onSuccess: () => toast.success('Mail settings saved'),
    }),
  );
  return (
    <form onSubmit={submit} noValidate autoComplete="off">
      <CardContent className="grid gap-5 sm:grid-cols-2">
        <Field label="Sender address">
          {(control) => (
            <Input type="email" placeholder="koyalite@example.com" {...control} {...form.register('sender_address')} />
          )}
        </Field>
        <Field label="Sender name">{(control) => <Input {...control} {...form.register('sender_name')} />}</Field>
        <Field label="SMTP server">
          {(control) => <Input placeholder="smtp.example.com" spellCheck={false} {...control} {...form.register('smtp_host')} />}
        </Field>
        <Field label="Port">{(control) => <Input inputMode="numeric" {...control} {...form.register('smtp_port')} />}</Field>
        <Field label="User">
          {(control) => <Input autoComplete="off" spellCheck={false} {...control} {...form.register('smtp_user')} />}
        </Field>
        <Field label="SMTP password" hint="Kept sealed, never shown again.">
          {(control) => <Input type="password" autoComplete="new-password" {...control} {...form.register('smtp_pass')} />}
        </Field>
        <Field label="Resend API key" hint="Instead of SMTP." className="sm:col-span-2">
          {(control) => <Input type="password" autoComplete="new-password" {...control} {...form.register('resend_api_key')} />}
        </Field>
      </CardContent>
      <CardContent className="flex flex-wrap items-center justify-between gap-3 border-t">
        <p className="text-xs text-muted-foreground">With the settings as saved.</p>
        <Button variant="outline" size="sm" disabled={test.isPending} onClick={() => test.mutate()}>
          Send a test mail to me
        </Button>
      </CardContent>
      <SaveBar
        dirty={form.formState.isDirty}
        saving={change.isPending}
        onReset={() => {
          form.reset();
          change.reset();
        }}
        error={change.error ? toMessage(change.error) : undefined}
      />
    </form>
  );
}

function SentMails() {
  const { data: mails } = useInstanceMails();
  if (!mails?.length) return null;
  return (
    <ul className="divide-y border-t" aria-label="Last mails">
      {mails.map((mail) => (
        <li key={mail.id} className="flex min-h-12 items-center gap-3 px-4 py-2">
          <div className="grid min-w-0 flex-1">
            <span className="truncate text-[13px]">{mail.subject}</span>
            <span className="truncate text-xs text-muted-foreground">
              {mail.recipient} · <DateTime iso={mail.created_at} />
              {mail.error ? ` · ${mail.error}` : ''}
            </span>
          </div>
          <MailStatus status={mail.status} />
        </li>
      ))}
    </ul>
  );
}
