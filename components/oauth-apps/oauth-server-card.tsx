'use client';
/** The OAuth server's switches, each kept at once, and the addresses an app needs. */

import { toast } from 'sonner';
import { CopyButton } from '#components/feedback/copy-button.tsx';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { SwitchRow } from '#components/form/switch-row.tsx';
import { may } from '#components/platform/may.ts';
import { toMessage } from '#components/platform/platform-error.ts';
import { useAuthConfig, useUpdateAuthConfig } from '#components/platform/use-auth-config.ts';
import { useHydrated } from '#components/shell/use-location.ts';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

export function OAuthServerCard({ environment, role }: { environment: string; role: string }) {
  const { data: config, error, refetch } = useAuthConfig(environment);
  const update = useUpdateAuthConfig(environment);
  const isHydrated = useHydrated();
  if (error && !config)
    return <ErrorPanel title="The auth settings could not be loaded" error={error} onRetry={() => refetch()} />;
  if (!config) {
    return (
      <div role="status">
        <span className="sr-only">Loading the OAuth server</span>
        <Skeleton className="h-44" />
      </div>
    );
  }
  const isOn = config.oauth_server_enabled === true;
  const set = (name: string, on: boolean) =>
    update.mutate({ [name]: on }, { onError: (failure) => toast.error(toMessage(failure)) });
  const issuer = isHydrated ? `${window.location.origin}/api/${environment}/auth/v1` : '';
  const consent = toConsentAddress(config.site_url, config.oauth_server_authorization_path);
  return (
    <Card aria-label="OAuth server">
      <CardHeader>
        <div className="grid gap-0.5">
          <CardTitle>OAuth server</CardTitle>
          <CardDescription>OAuth 2.1 with OpenID Connect. Off, no app signs anybody in and none asks.</CardDescription>
        </div>
      </CardHeader>
      <CardContent className="divide-y">
        <SwitchRow
          label="Let apps sign users in"
          hint="Apps that are registered below. Each user is asked first."
          checked={isOn}
          disabled={!may(role, 'admin') || update.isPending}
          onChange={(on) => set('oauth_server_enabled', on)}
        />
        <SwitchRow
          label="Apps register themselves"
          hint="As MCP clients do: anybody may register one, and users still decide."
          checked={config.oauth_server_allow_dynamic_registration === true}
          disabled={!may(role, 'admin') || !isOn || update.isPending}
          onChange={(on) => set('oauth_server_allow_dynamic_registration', on)}
        />
        {isOn ? (
          <dl className="grid gap-3 pt-3">
            <Address title="Issuer" note="What an app is configured with." text={issuer} />
            <Address title="Consent page" note="A page of your app, where users are asked." text={consent} />
          </dl>
        ) : null}
      </CardContent>
    </Card>
  );
}

function Address({ title, note, text }: { title: string; note: string; text: string }) {
  return (
    <div className="grid gap-1">
      <dt className="text-[13px] font-medium">
        {title} <span className="font-normal text-muted-foreground">{note}</span>
      </dt>
      <dd className="flex min-w-0 items-center gap-1 rounded-md border bg-code py-0.5 pr-1 pl-2.5">
        <code className="min-w-0 flex-1 font-mono text-xs break-all">{text}</code>
        <CopyButton text={text} label={title} />
      </dd>
    </div>
  );
}

function toConsentAddress(site: unknown, path: unknown): string {
  return `${typeof site === 'string' ? site.replace(/\/+$/, '') : ''}${typeof path === 'string' ? path : ''}`;
}
