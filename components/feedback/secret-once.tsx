'use client';
/** A secret that is shown this once. */

import { CopyButton } from '#components/feedback/copy-button.tsx';

export function SecretOnce({ text, label, note }: { text: string; label: string; note: string }) {
  return (
    <div className="grid min-w-0 gap-1.5">
      <div className="flex min-w-0 items-start gap-1 rounded-md border bg-code py-1 pr-1 pl-2.5">
        <code className="min-w-0 flex-1 py-1 font-mono text-xs leading-5 break-all whitespace-pre-wrap" data-testid="secret">
          {text}
        </code>
        <CopyButton text={text} label={label} />
      </div>
      <p className="text-xs text-muted-foreground">{note}</p>
    </div>
  );
}
