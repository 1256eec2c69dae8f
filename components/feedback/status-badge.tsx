/** A project's or an environment's state: a word and a colour, never a colour alone. */

import { Badge, type BadgeProps } from '#components/ui/badge.tsx';

const looks: Record<string, { label: string; variant: NonNullable<BadgeProps['variant']> }> = {
  active: { label: 'Active', variant: 'success' },
  paused: { label: 'Paused', variant: 'neutral' },
  provisioning: { label: 'Provisioning', variant: 'warning' },
  deleting: { label: 'Deleting', variant: 'destructive' },
};

export function StatusBadge({ status }: { status: string }) {
  const look = looks[status] ?? { label: status, variant: 'neutral' as const };
  return (
    <Badge variant={look.variant}>
      <span className="size-1.5 rounded-full bg-current" aria-hidden="true" />
      {look.label}
    </Badge>
  );
}
