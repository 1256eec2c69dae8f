'use client';
/** How operators sign in: a second factor, and the organisation's OpenID provider. */

import { Controller, useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { CopyButton } from '#components/feedback/copy-button.tsx';
import { Choice } from '#components/form/choice.tsx';
import { Field } from '#components/form/field.tsx';
import { SwitchRow } from '#components/form/switch-row.tsx';
import { toChanges } from '#components/instance/changes.ts';
import { LoadedCard } from '#components/instance/loaded-card.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { type InstanceSignIn, useChangeInstanceSignIn, useInstanceSignIn } from '#components/platform/use-instance.ts';
import { SaveBar } from '#components/settings/save-bar.tsx';
import { CardContent } from '#components/ui/card.tsx';
import { Input } from '#components/ui/input.tsx';
import { Textarea } from '#components/ui/textarea.tsx';

const newcomers = [
  { value: 'invited', label: 'Only who was invited' },
  { value: 'member', label: 'Everybody, as member' },
  { value: 'viewer', label: 'Everybody, as viewer' },
  { value: 'developer', label: 'Everybody, as developer' },
  { value: 'admin', label: 'Everybody, as admin' },
] as const;

export function SsoCard() {
  const settings = useInstanceSignIn();
  return (
    <LoadedCard
      title="Sign-in"
      description="A second factor for every operator, and single sign-on through your organisation’s OpenID Connect provider."
      query={settings}
    >
      {(data) => <SsoForm settings={data} />}
    </LoadedCard>
  );
}

const toForm = ({ sso_redirect_uri: _uri, sso_allowed_domains: domains, ...rest }: InstanceSignIn) => ({
  ...rest,
  sso_allowed_domains: domains.join('\n'),
});

function SsoForm({ settings }: { settings: InstanceSignIn }) {
  const change = useChangeInstanceSignIn();
  const form = useForm({ values: toForm(settings) });
  const submit = form.handleSubmit((values) => {
    const { sso_allowed_domains: text, ...rest } = values;
    const domains = text.split(/[\s,]+/).filter(Boolean);
    const minutes = { session_idle_minutes: Number(rest.session_idle_minutes) };
    const hours = { session_absolute_hours: Number(rest.session_absolute_hours) };
    const patch = toChanges(settings, { ...rest, ...minutes, ...hours, sso_allowed_domains: domains });
    change.mutate(patch, { onSuccess: () => toast.success('Sign-in settings saved') });
  });
  return (
    <form onSubmit={submit} noValidate autoComplete="off">
      <CardContent className="divide-y">
        <Controller
          control={form.control}
          name="second_factor_required"
          render={({ field }) => (
            <SwitchRow
              label="Require a second factor"
              hint="Operators without one set it up at their next sign-in, before anything else; their tokens are refused."
              checked={field.value}
              onChange={field.onChange}
            />
          )}
        />
        <Controller
          control={form.control}
          name="sso_enabled"
          render={({ field }) => (
            <SwitchRow
              label="Offer single sign-on"
              hint="A button beside the password on the sign-in page."
              checked={field.value}
              onChange={field.onChange}
            />
          )}
        />
        <Controller
          control={form.control}
          name="sso_required"
          render={({ field }) => (
            <SwitchRow
              label="Require single sign-on"
              hint="Passwords then let in owners of the platform alone, for the day the provider is down."
              checked={field.value}
              onChange={field.onChange}
            />
          )}
        />
      </CardContent>
      <CardContent className="grid gap-5 border-t sm:grid-cols-2">
        <Field label="Issuer" hint="Its discovery document names everything else.">
          {(control) => <Input placeholder="https://login.example.com" {...control} {...form.register('sso_issuer')} />}
        </Field>
        <Field label="Name of the button" hint="Continue with …">
          {(control) => <Input {...control} {...form.register('sso_name')} />}
        </Field>
        <Field label="Client ID">
          {(control) => <Input spellCheck={false} {...control} {...form.register('sso_client_id')} />}
        </Field>
        <Field label="Client secret" hint="Kept sealed, never shown again.">
          {(control) => (
            <Input type="password" autoComplete="new-password" {...control} {...form.register('sso_client_secret')} />
          )}
        </Field>
        <Field label="Allowed e-mail domains" hint="One per line; none allows every domain.">
          {(control) => <Textarea rows={2} spellCheck={false} {...control} {...form.register('sso_allowed_domains')} />}
        </Field>
        <Field label="Who gets an account" hint="Everybody of the allowed domains, or nobody without an invitation.">
          {(control) => (
            <Controller
              control={form.control}
              name="sso_new_operators"
              render={({ field }) => (
                <Choice control={control} options={newcomers} value={field.value} onChange={field.onChange} />
              )}
            />
          )}
        </Field>
        <div className="grid min-w-0 gap-1.5 sm:col-span-2">
          <p className="text-[13px] font-medium">Redirect address</p>
          <div className="flex min-w-0 items-center gap-2 rounded-md border bg-muted/40 py-1 pr-1 pl-3">
            <code className="min-w-0 flex-1 truncate font-mono text-xs">{settings.sso_redirect_uri}</code>
            <CopyButton text={settings.sso_redirect_uri} label="the redirect address" />
          </div>
          <p className="text-xs text-muted-foreground">Register it at the provider.</p>
        </div>
      </CardContent>
      <CardContent className="grid gap-5 border-t sm:grid-cols-2">
        <Field label="Sessions end unused after (minutes)">
          {(control) => <Input inputMode="numeric" {...control} {...form.register('session_idle_minutes')} />}
        </Field>
        <Field label="And at the latest after (hours)" hint="However one signs in.">
          {(control) => <Input inputMode="numeric" {...control} {...form.register('session_absolute_hours')} />}
        </Field>
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
