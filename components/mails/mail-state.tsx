/** How far a mail came: a word and a colour. */

import { Badge, type BadgeProps } from '#components/ui/badge.tsx';

const variants: Record<string, NonNullable<BadgeProps['variant']>> = {
  queued: 'neutral',
  sent: 'success',
  failed: 'destructive',
  bounced: 'warning',
};

export function MailState({ status }: { status: string }) {
  return <Badge variant={variants[status] ?? 'neutral'}>{status}</Badge>;
}
