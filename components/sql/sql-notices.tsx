'use client';
/** What is unsafe about the policies a statement sets: it runs all the same, so it is said in words and colour. */

import { InfoIcon, ShieldAlertIcon } from 'lucide-react';
import type { SqlNotice } from '#components/platform/use-query.ts';
import { cn } from '#components/ui/cn.ts';

const looks = {
  error: { word: 'Unsafe', className: 'border-destructive/30 bg-destructive/5', ink: 'text-destructive' },
  warning: { word: 'Warning', className: 'border-warning/30 bg-warning/5', ink: 'text-warning' },
  info: { word: 'Note', className: 'bg-muted/40', ink: 'text-muted-foreground' },
} as const;

export function SqlNotices({ notices }: { notices: readonly SqlNotice[] }) {
  if (notices.length === 0) return null;
  return (
    <ul aria-label="Notices" className="grid gap-2">
      {notices.map(({ level, code, message, hint }) => {
        const { word, className, ink } = looks[level];
        const Icon = level === 'info' ? InfoIcon : ShieldAlertIcon;
        return (
          <li key={`${code} ${message}`} className={cn('flex gap-2.5 rounded-md border px-3 py-2.5 text-[13px]', className)}>
            <Icon className={cn('mt-0.5 size-4 shrink-0', ink)} aria-hidden="true" />
            <div className="grid min-w-0 gap-0.5 break-words">
              <p>
                <span className={cn('font-medium', ink)}>{word}:</span> {message}
              </p>
              <p className="text-xs text-muted-foreground">{hint}</p>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
