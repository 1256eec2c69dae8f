'use client';
/** One group of auth settings: edited together, saved together. */

import { useState } from 'react';
import { toast } from 'sonner';
import { type AuthDraft, findFault, toField, toPatch } from '#components/auth/auth-draft.ts';
import { AuthField } from '#components/auth/auth-field.tsx';
import type { AuthSection } from '#components/auth/auth-sections.ts';
import { SwitchRow } from '#components/form/switch-row.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { type AuthConfig, useUpdateAuthConfig } from '#components/platform/use-auth-config.ts';
import { SaveBar } from '#components/settings/save-bar.tsx';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '#components/ui/card.tsx';

export interface AuthCardProps {
  environment: string;
  config: AuthConfig;
  canManage: boolean;
}

export function AuthSectionCard({ section, environment, config, canManage }: AuthCardProps & { section: AuthSection }) {
  const update = useUpdateAuthConfig(environment);
  const [draft, setDraft] = useState<AuthDraft>({});
  const [checked, setChecked] = useState(false);
  const { title, description, settings } = section;
  const patch = toPatch(settings, config, draft);
  const dirty = Object.keys(patch).length > 0;
  const fields = settings.filter((setting) => setting.kind !== 'switch');
  const switches = settings.filter((setting) => setting.kind === 'switch');
  const toValue = (setting: (typeof settings)[number]) => draft[setting.name] ?? toField(setting, config[setting.name]);
  const change = (name: string, value: string | boolean) => setDraft({ ...draft, [name]: value });
  const reset = () => {
    setDraft({});
    setChecked(false);
    update.reset();
  };
  const save = () => {
    setChecked(true);
    if (settings.some((setting) => setting.name in patch && findFault(setting, toValue(setting)) !== null)) return;
    update.mutate(patch, {
      onSuccess: () => {
        reset();
        toast.success(`${title} saved`);
      },
    });
  };
  return (
    <Card aria-label={title}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <CardHeader>
          <div className="grid gap-0.5">
            <CardTitle>{title}</CardTitle>
            {description ? <CardDescription>{description}</CardDescription> : null}
          </div>
        </CardHeader>
        <CardContent className="grid gap-5 sm:grid-cols-2">
          {fields.map((setting) => (
            <AuthField
              key={setting.name}
              setting={setting}
              value={String(toValue(setting))}
              isSet={setting.kind === 'secret' && Boolean(config[setting.name])}
              fault={checked && setting.name in patch ? findFault(setting, toValue(setting)) : null}
              disabled={!canManage}
              onChange={(value) => change(setting.name, value)}
            />
          ))}
        </CardContent>
        {switches.length > 0 ? (
          <CardContent className="divide-y border-t">
            {switches.map((setting) => (
              <SwitchRow
                key={setting.name}
                label={setting.label}
                hint={setting.hint ?? ''}
                checked={toValue(setting) === true}
                disabled={!canManage}
                onChange={(value) => change(setting.name, value)}
              />
            ))}
          </CardContent>
        ) : null}
        <SaveBar
          dirty={dirty}
          saving={update.isPending}
          onReset={reset}
          error={update.error ? toMessage(update.error) : undefined}
        />
      </form>
    </Card>
  );
}
