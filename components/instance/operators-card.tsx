'use client';
/** Everyone who can sign in, with their role on every project. */

import { ShieldOffIcon, Trash2Icon } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { ConfirmDialog } from '#components/form/confirm-dialog.tsx';
import { LoadedCard } from '#components/instance/loaded-card.tsx';
import { ResetFactorsDialog } from '#components/instance/reset-factors-dialog.tsx';
import { type PlatformOperator, useChangeOperator, useOperators } from '#components/platform/use-instance.ts';
import { useOperator } from '#components/platform/use-operator.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/select.tsx';

/** From least to most; `member` is only what the projects say. */
export const platformRoles = [
  { value: 'member', label: 'Member' },
  { value: 'viewer', label: 'Viewer' },
  { value: 'developer', label: 'Developer' },
  { value: 'admin', label: 'Admin' },
  { value: 'owner', label: 'Owner' },
] as const;

export function OperatorsCard() {
  const operators = useOperators();
  const change = useChangeOperator();
  const { data: me } = useOperator();
  const [resetting, setResetting] = useState<PlatformOperator | null>(null);
  const [removing, setRemoving] = useState<PlatformOperator | null>(null);
  return (
    <LoadedCard
      title="Operators"
      description="Their role on every project. A member has only the roles given in single projects."
      query={operators}
    >
      {(list) => (
        <ul className="divide-y">
          {list.map((operator) => (
            <li key={operator.id} className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1.5 px-4 py-2 sm:flex-nowrap">
              <div className="grid min-w-0 basis-full sm:flex-1 sm:basis-0">
                <span className="flex min-w-0 items-center gap-2">
                  <span className="truncate text-[13px] font-medium">{operator.name || operator.email}</span>
                  <FactorBadge operator={operator} />
                </span>
                {operator.name ? <span className="truncate text-xs text-muted-foreground">{operator.email}</span> : null}
              </div>
              <Select
                value={operator.platform_role}
                onValueChange={(role) =>
                  change.mutate({ id: operator.id, role }, { onSuccess: () => toast.success(`${operator.email} is ${role} now`) })
                }
              >
                <SelectTrigger aria-label={`Role of ${operator.email}`} className="w-32">
                  <SelectValue />
                </SelectTrigger>
                <SelectContent>
                  {platformRoles.map((role) => (
                    <SelectItem key={role.value} value={role.value}>
                      {role.label}
                    </SelectItem>
                  ))}
                </SelectContent>
              </Select>
              {hasFactors(operator) && operator.id !== me?.id ? (
                <Button
                  variant="ghost"
                  size="icon-sm"
                  aria-label={`Reset the second factors of ${operator.email}`}
                  onClick={() => setResetting(operator)}
                >
                  <ShieldOffIcon />
                </Button>
              ) : null}
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label={`Remove ${operator.email}`}
                onClick={() => setRemoving(operator)}
              >
                <Trash2Icon />
              </Button>
            </li>
          ))}
          <ResetFactorsDialog operator={resetting} onClose={() => setResetting(null)} />
          <ConfirmDialog
            open={removing !== null}
            onClose={() => setRemoving(null)}
            title={`Remove ${removing?.email ?? ''}?`}
            description="Their sessions and tokens end now, and they leave every project."
            action="Remove operator"
            onConfirm={() =>
              removing &&
              change.mutate({ id: removing.id, role: null }, { onSuccess: () => toast.success(`${removing.email} removed`) })
            }
          />
        </ul>
      )}
    </LoadedCard>
  );
}

/** True for what a reset would take away: factors, or the code of a reset before. */
const hasFactors = ({ second_factors, recovery_codes_left }: PlatformOperator) => second_factors + recovery_codes_left > 0;

function FactorBadge({ operator }: { operator: PlatformOperator }) {
  if (operator.second_factors > 0) return <Badge variant="success">two factors</Badge>;
  return hasFactors(operator) ? <Badge variant="warning">factors reset</Badge> : null;
}
