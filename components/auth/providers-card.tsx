'use client';
/** Signing in with accounts of other sites. */

import { useState } from 'react';
import type { AuthCardProps } from '#components/auth/auth-section-card.tsx';
import { ProviderDialog } from '#components/auth/provider-dialog.tsx';
import { type Provider, providers } from '#components/auth/provider-list.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardDescription, CardHeader, CardTitle } from '#components/ui/card.tsx';

export function ProvidersCard({ environment, config, canManage }: AuthCardProps) {
  const [all, setAll] = useState(false);
  const [open, setOpen] = useState<Provider | null>(null);
  const isOn = ({ name }: Provider) => config[`external_${name}_enabled`] === true;
  const shown = all ? providers : providers.filter((provider, index) => index < 6 || isOn(provider));
  return (
    <Card aria-label="Providers">
      <CardHeader>
        <div className="grid gap-0.5">
          <CardTitle>Providers</CardTitle>
          <CardDescription>Sign in with an account of another site.</CardDescription>
        </div>
      </CardHeader>
      <ul className="divide-y">
        {shown.map((provider) => (
          <li key={provider.name} className="flex min-h-11 items-center gap-3 px-4 py-1.5">
            <span className="flex-1 text-[13px] font-medium">{provider.title}</span>
            {isOn(provider) ? <Badge variant="success">On</Badge> : <Badge>Off</Badge>}
            <Button
              variant="ghost"
              size="sm"
              disabled={!canManage}
              aria-label={`Configure ${provider.title}`}
              onClick={() => setOpen(provider)}
            >
              Configure
            </Button>
          </li>
        ))}
      </ul>
      {all ? null : (
        <div className="border-t p-2">
          <Button variant="ghost" size="sm" onClick={() => setAll(true)}>
            Show all providers
          </Button>
        </div>
      )}
      <ProviderDialog environment={environment} config={config} provider={open} onClose={() => setOpen(null)} />
    </Card>
  );
}
