'use client';
/** Mails in a column: subject, recipient, state. */

import { DateTime } from '#components/feedback/date-time.tsx';
import { MailState } from '#components/mails/mail-state.tsx';
import type { Mail } from '#components/platform/use-mails.ts';
import { cn } from '#components/ui/cn.ts';

interface MailListProps {
  mails: Mail[];
  openId: string | null;
  onOpen: (id: string) => void;
}

export function MailList({ mails, openId, onOpen }: MailListProps) {
  return (
    <ul className="divide-y" aria-label="Mails">
      {mails.map((mail) => (
        <li key={mail.id}>
          <button
            type="button"
            aria-current={mail.id === openId ? 'true' : undefined}
            className={cn(
              'grid w-full gap-0.5 px-4 py-2.5 text-left transition-colors hover:bg-muted/50 focus-visible:-outline-offset-2',
              mail.id === openId && 'bg-accent hover:bg-accent',
            )}
            onClick={() => onOpen(mail.id)}
          >
            <span className="flex items-center justify-between gap-3">
              <span className="truncate text-[13px] font-medium">{mail.subject || mail.template}</span>
              <MailState status={mail.status} />
            </span>
            <span className="flex items-center justify-between gap-3 text-xs text-muted-foreground">
              <span className="truncate">{mail.to}</span>
              <span className="shrink-0">
                <DateTime iso={mail.created_at} />
              </span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
