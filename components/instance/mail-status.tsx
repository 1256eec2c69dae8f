/** How a mail to an operator went. */

import { Badge } from '#components/ui/badge.tsx';

const words: Readonly<Record<string, string>> = { queued: 'waiting', sent: 'mailed', failed: 'not delivered' };
const variants = { queued: 'warning', sent: 'success', failed: 'destructive' } as const;

export function MailStatus({ status }: { status: string }) {
  const variant = status === 'queued' || status === 'sent' || status === 'failed' ? variants[status] : 'outline';
  return <Badge variant={variant}>{words[status] ?? status}</Badge>;
}
