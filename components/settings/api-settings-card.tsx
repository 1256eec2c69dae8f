'use client';
/** How an environment's APIs behave. */

import { zodResolver } from '@hookform/resolvers/zod';
import type { ReactNode } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { toast } from 'sonner';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { Field } from '#components/form/field.tsx';
import { SwitchRow } from '#components/form/switch-row.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import type { Settings } from '#components/platform/schemas.ts';
import { useSettings, useUpdateSettings } from '#components/platform/use-settings.ts';
import { apiSettingsFormSchema, toForm, toPatch, toSettings } from '#components/settings/api-settings-form.ts';
import { RateLimitRows } from '#components/settings/rate-limit-rows.tsx';
import { SaveBar } from '#components/settings/save-bar.tsx';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { Input } from '#components/ui/input.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/select.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import { Textarea } from '#components/ui/textarea.tsx';

interface ApiSettingsCardProps {
  environment: string;
  canManage: boolean;
  switcher: ReactNode;
}

export function ApiSettingsCard({ environment, canManage, switcher }: ApiSettingsCardProps) {
  const { data: settings, error, refetch } = useSettings(environment);
  return (
    <Card aria-label="API">
      <CardHeader>
        <div className="grid gap-0.5">
          <CardTitle>API</CardTitle>
          <CardDescription>Each environment has its own.</CardDescription>
        </div>
        {switcher}
      </CardHeader>
      {settings ? <ApiSettingsFormFields environment={environment} settings={settings} canManage={canManage} /> : null}
      {!settings && !error ? (
        <CardContent role="status">
          <span className="sr-only">Loading the API settings</span>
          <Skeleton className="h-64" />
        </CardContent>
      ) : null}
      {error && !settings ? (
        <CardContent>
          <ErrorPanel title="The API settings could not be loaded" error={error} onRetry={() => refetch()} />
        </CardContent>
      ) : null}
    </Card>
  );
}

interface ApiSettingsFormFieldsProps {
  environment: string;
  settings: Settings;
  canManage: boolean;
}

const switches = [
  {
    name: 'requireApiKey',
    label: 'Require an API key',
    hint: 'Refuse requests without one instead of treating them as anonymous.',
  },
  { name: 'safeUpdate', label: 'Safe updates', hint: 'Refuse an update or a delete that has no filter.' },
  { name: 'aggregates', label: 'Aggregates', hint: 'Allow count(), sum(), avg(), min() and max() in REST selects.' },
  { name: 'txOverride', label: 'Trial requests', hint: 'Honour Prefer: tx=rollback: a write is answered and not kept.' },
  {
    name: 'plan',
    label: 'Query plans',
    hint: 'Answer Accept: application/vnd.pgrst.plan. Plans tell about tables and sizes: not for production.',
  },
] as const;

function ApiSettingsFormFields({ environment, settings, canManage }: ApiSettingsFormFieldsProps) {
  const update = useUpdateSettings(environment);
  const form = useForm({
    resolver: zodResolver(apiSettingsFormSchema),
    values: toForm(settings),
    resetOptions: { keepDirtyValues: true },
    disabled: !canManage,
  });
  const { errors, isDirty } = form.formState;
  const submit = form.handleSubmit((values) => {
    const after = toSettings(values);
    update.mutate(
      { after, patch: toPatch(settings, after) },
      {
        onSuccess: () => {
          form.reset(values, { keepDirtyValues: false });
          toast.success('API settings saved');
        },
      },
    );
  });
  return (
    <form onSubmit={submit} noValidate>
      <CardContent className="grid gap-5 sm:grid-cols-2">
        <Field label="Exposed schemas" hint="The first is the default." error={errors.schemas?.message}>
          {(control) => <Input spellCheck={false} className="font-mono text-xs" {...control} {...form.register('schemas')} />}
        </Field>
        <Field label="Most rows of one answer" error={errors.maxRows?.message}>
          {(control) => <Input inputMode="numeric" {...control} {...form.register('maxRows')} />}
        </Field>
        <Field label="Statement time limit (ms)" error={errors.statementTimeoutMs?.message}>
          {(control) => <Input inputMode="numeric" {...control} {...form.register('statementTimeoutMs')} />}
        </Field>
        <Field
          label="Requests per minute"
          hint="For each client address; 0 is no limit. Finer ones are below."
          error={errors.requestsPerMinute?.message}
        >
          {(control) => <Input inputMode="numeric" {...control} {...form.register('requestsPerMinute')} />}
        </Field>
        <Field label="CORS origins" hint="One per line; * allows every origin." error={errors.origins?.message}>
          {(control) => (
            <Textarea rows={3} spellCheck={false} className="font-mono text-xs" {...control} {...form.register('origins')} />
          )}
        </Field>
        <Field
          label="Response headers"
          hint="Name: value, one per line; on every answer of the data APIs."
          error={errors.responseHeaders?.message}
        >
          {(control) => (
            <Textarea
              rows={3}
              spellCheck={false}
              className="font-mono text-xs"
              {...control}
              {...form.register('responseHeaders')}
            />
          )}
        </Field>
        <Field label="Largest request (MiB)" error={errors.bodyLimitMib?.message}>
          {(control) => <Input inputMode="decimal" {...control} {...form.register('bodyLimitMib')} />}
        </Field>
        <Field label="Durability" hint="Full: an answered write survives a power cut. Fast: the last moments may not.">
          {(control) => (
            <Controller
              control={form.control}
              name="durability"
              render={({ field }) => (
                <Select value={field.value} onValueChange={field.onChange} disabled={!canManage}>
                  <SelectTrigger {...control}>
                    <SelectValue />
                  </SelectTrigger>
                  <SelectContent>
                    <SelectItem value="full">Full</SelectItem>
                    <SelectItem value="fast">Fast</SelectItem>
                  </SelectContent>
                </Select>
              )}
            />
          )}
        </Field>
      </CardContent>
      <CardContent className="border-t">
        <RateLimitRows form={form} canManage={canManage} />
      </CardContent>
      <CardContent className="divide-y border-t">
        {switches.map(({ name, label, hint }) => (
          <Controller
            key={name}
            control={form.control}
            name={name}
            render={({ field }) => (
              <SwitchRow label={label} hint={hint} checked={field.value} onChange={field.onChange} disabled={!canManage} />
            )}
          />
        ))}
      </CardContent>
      <SaveBar
        dirty={isDirty}
        saving={update.isPending}
        onReset={() => {
          form.reset(undefined, { keepDirtyValues: false });
          update.reset();
        }}
        error={update.error ? toMessage(update.error) : undefined}
      />
    </form>
  );
}
