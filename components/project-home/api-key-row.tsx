'use client';
/** One key: masked while secret, revealed on request. */

import { EyeIcon, EyeOffIcon, Trash2Icon } from 'lucide-react';
import { useState } from 'react';
import { CopyButton } from '#components/feedback/copy-button.tsx';
import { ConfirmDialog } from '#components/form/confirm-dialog.tsx';
import type { ApiKey } from '#components/platform/schemas.ts';
import { useDeleteApiKey } from '#components/platform/use-api-keys.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';

/** Whether whoever holds the key passes every policy. */
function isSecret(key: ApiKey): boolean {
  return key.type === 'secret' || key.name === 'service_role';
}

function toShownText(key: ApiKey, revealed: boolean): string {
  const text = key.api_key ?? '';
  if (text === '') return key.prefix ? `${key.prefix}••••••••` : 'Shown once, when it was made';
  if (revealed || !isSecret(key)) return text;
  return `${key.prefix ?? text.slice(0, 10)}${'•'.repeat(16)}`;
}

interface ApiKeyRowProps {
  apiKey: ApiKey;
  environment: string;
  canManage: boolean;
}

export function ApiKeyRow({ apiKey, environment, canManage }: ApiKeyRowProps) {
  const [revealed, setRevealed] = useState(false);
  const [confirming, setConfirming] = useState(false);
  const remove = useDeleteApiKey(environment);
  const secret = isSecret(apiKey);
  const id = apiKey.id;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 sm:flex-nowrap">
      <span className="flex w-44 lg:w-56 shrink-0 items-center gap-2">
        <span className="truncate text-[13px] font-medium">{apiKey.name}</span>
        <Badge variant={secret ? 'warning' : 'outline'}>{apiKey.type ?? (secret ? 'secret' : 'legacy')}</Badge>
      </span>
      <code className="min-w-0 flex-1 truncate font-mono text-xs text-muted-foreground max-sm:basis-full max-sm:order-last max-sm:pb-1">
        {toShownText(apiKey, revealed)}
      </code>
      <span className="ml-auto flex items-center">
        {secret && apiKey.api_key ? (
          <Button
            variant="ghost"
            size="icon-sm"
            aria-pressed={revealed}
            aria-label={`Reveal ${apiKey.name}`}
            onClick={() => setRevealed(!revealed)}
          >
            {revealed ? <EyeOffIcon /> : <EyeIcon />}
          </Button>
        ) : null}
        <CopyButton text={apiKey.api_key ?? ''} label={apiKey.name} />
        {canManage && id ? (
          <Button variant="ghost" size="icon-sm" aria-label={`Revoke ${apiKey.name}`} onClick={() => setConfirming(true)}>
            <Trash2Icon />
          </Button>
        ) : null}
      </span>
      <ConfirmDialog
        open={confirming}
        onClose={() => setConfirming(false)}
        title={`Revoke ${apiKey.name}?`}
        description="Apps that use this key are refused from now on. This cannot be undone."
        action="Revoke key"
        onConfirm={() => id && remove.mutate(id)}
      />
    </li>
  );
}
