'use client';
/** Whether a user may sign in, as a word and a colour. */

import { type EndUser, isBanned } from '#components/platform/use-end-users.ts';
import { Badge } from '#components/ui/badge.tsx';

export function UserState({ user }: { user: EndUser }) {
  if (isBanned(user, Date.now())) return <Badge variant="destructive">Banned</Badge>;
  if (user.is_anonymous) return <Badge variant="neutral">Anonymous</Badge>;
  if (user.email_confirmed_at || user.phone_confirmed_at) return <Badge variant="success">Confirmed</Badge>;
  return <Badge variant="warning">Unconfirmed</Badge>;
}
