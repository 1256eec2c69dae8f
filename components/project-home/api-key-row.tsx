'use client';
/** One key: a secret one stays on the server until it is asked for. */

import { EyeIcon, EyeOffIcon, Trash2Icon } from 'lucide-react';
import { useState } from 'react';
import { CopyButton } from '#components/feedback/copy-button.tsx';
import { ConfirmDialog } from '#components/form/confirm-dialog.tsx';
import { may } from '#components/platform/may.ts';
import type { ApiKey } from '#components/platform/schemas.ts';
import { isSecret, useDeleteApiKey, useRevealApiKey } from '#components/platform/use-api-keys.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';

interface ApiKeyRowProps {
  apiKey: ApiKey;
  environment: string;
  role: string;
}

export function ApiKeyRow({ apiKey, environment, role }: ApiKeyRowProps) {
  const [revealed, setRevealed] = useState<string | null>(null);
  const [confirming, setConfirming] = useState(false);
  const remove = useDeleteApiKey(environment);
  const reveal = useRevealApiKey(environment);
  const { id, name, type } = apiKey;
  const secret = isSecret(apiKey);
  const masked = `${apiKey.prefix ?? ''}${'•'.repeat(16)}`;
  const text = secret ? revealed : (apiKey.api_key ?? '');

  const toggle = () => (revealed === null ? reveal.mutate(apiKey, { onSuccess: setRevealed }) : setRevealed(null));

  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 sm:flex-nowrap">
      <span className="flex w-44 shrink-0 items-center gap-2 lg:w-56">
        <span className="truncate text-[13px] font-medium">{name}</span>
        <Badge variant={secret ? 'warning' : 'outline'}>{type ?? (secret ? 'secret' : 'legacy')}</Badge>
      </span>
      <code className="min-w-0 flex-1 truncate font-mono text-xs text-muted-foreground max-sm:order-last max-sm:basis-full max-sm:pb-1">
        {text ?? masked}
      </code>
      <span className="ml-auto flex items-center">
        {secret && may(role, 'developer') ? (
          <Button
            variant="ghost"
            size="icon-sm"
            aria-pressed={revealed !== null}
            aria-label={`Reveal ${name}`}
            disabled={reveal.isPending}
            onClick={toggle}
          >
            {revealed === null ? <EyeIcon /> : <EyeOffIcon />}
          </Button>
        ) : null}
        {!secret || may(role, 'developer') ? <CopyButton text={text ?? (() => reveal.mutateAsync(apiKey))} label={name} /> : null}
        {id && type !== 'legacy' && may(role, 'admin') ? (
          <Button variant="ghost" size="icon-sm" aria-label={`Revoke ${name}`} onClick={() => setConfirming(true)}>
            <Trash2Icon />
          </Button>
        ) : null}
      </span>
      <ConfirmDialog
        open={confirming}
        onClose={() => setConfirming(false)}
        title={`Revoke ${name}?`}
        description="Apps that use this key are refused from now on. This cannot be undone."
        action="Revoke key"
        onConfirm={() => id && remove.mutate(id)}
      />
    </li>
  );
}
