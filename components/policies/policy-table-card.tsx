'use client';
/** One table: whether row-level security is on, and its policies. */

import { FlaskConicalIcon, PencilIcon, PlusIcon, ShieldCheckIcon, ShieldOffIcon, Trash2Icon } from 'lucide-react';
import type { Policy, PolicyTable } from '#components/platform/use-policies.ts';
import type { Asked } from '#components/policies/policy-tables.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader, CardTitle } from '#components/ui/card.tsx';

interface PolicyTableCardProps {
  table: PolicyTable;
  canChange: boolean;
  busy: boolean;
  onAsk: (asked: Asked) => void;
  onSwitchOn: () => void;
  onTry: () => void;
}

export function PolicyTableCard({ table, canChange, busy, onAsk, onSwitchOn, onTry }: PolicyTableCardProps) {
  const { schema, name, rls, policies } = table;
  return (
    <Card aria-label={`Policies of ${name}`}>
      <CardHeader>
        <div className="flex min-w-0 items-center gap-2.5">
          <CardTitle className="truncate font-mono">
            {schema === 'public' ? null : <span className="text-muted-foreground">{schema}.</span>}
            {name}
          </CardTitle>
          {rls ? (
            <Badge variant="success">
              <ShieldCheckIcon aria-hidden="true" /> RLS on
            </Badge>
          ) : (
            <Badge variant="destructive">
              <ShieldOffIcon aria-hidden="true" /> RLS off
            </Badge>
          )}
        </div>
        {canChange ? (
          <div className="flex flex-wrap items-center gap-1">
            {rls ? (
              <Button variant="ghost" size="sm" disabled={busy} onClick={() => onAsk({ kind: 'switch-off', table })}>
                Switch off
              </Button>
            ) : (
              <Button variant="default" size="sm" disabled={busy} onClick={onSwitchOn}>
                Switch on
              </Button>
            )}
            <Button variant="ghost" size="sm" aria-label={`Try the policies of ${name}`} onClick={onTry}>
              <FlaskConicalIcon /> Try
            </Button>
            <Button
              variant="outline"
              size="sm"
              aria-label={`New policy on ${name}`}
              onClick={() => onAsk({ kind: 'write', table, policy: null })}
            >
              <PlusIcon /> New policy
            </Button>
          </div>
        ) : null}
      </CardHeader>
      {policies.length === 0 ? (
        <p className="px-4 py-3 text-[13px] text-muted-foreground">
          {rls
            ? 'No policy: only the service role reaches its rows.'
            : 'No policy, and row-level security is off: open to every key.'}
        </p>
      ) : (
        <ul className="divide-y">
          {policies.map((policy) => (
            <PolicyRow key={policy.name} table={table} policy={policy} canChange={canChange} onAsk={onAsk} />
          ))}
        </ul>
      )}
    </Card>
  );
}

interface PolicyRowProps {
  table: PolicyTable;
  policy: Policy;
  canChange: boolean;
  onAsk: (asked: Asked) => void;
}

function PolicyRow({ table, policy, canChange, onAsk }: PolicyRowProps) {
  const { name, command, permissive, roles, using, check } = policy;
  return (
    <li className="grid gap-1.5 px-4 py-2.5">
      <div className="flex items-start gap-2">
        <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2 gap-y-1">
          <span className="text-[13px] font-medium break-words">{name}</span>
          <Badge variant="outline" className="font-mono uppercase">
            {command}
          </Badge>
          {permissive ? null : <Badge variant="warning">restrictive</Badge>}
          <span className="text-xs text-muted-foreground">to {roles.includes('public') ? 'everyone' : roles.join(', ')}</span>
        </div>
        {canChange ? (
          <div className="-my-1 flex shrink-0">
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label={`Edit ${name}`}
              onClick={() => onAsk({ kind: 'write', table, policy })}
            >
              <PencilIcon />
            </Button>
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label={`Drop ${name}`}
              onClick={() => onAsk({ kind: 'drop', table, policy })}
            >
              <Trash2Icon />
            </Button>
          </div>
        ) : null}
      </div>
      <Expression label="using" sql={using} />
      <Expression label="with check" sql={check} />
    </li>
  );
}

function Expression({ label, sql }: { label: string; sql: string | null }) {
  if (sql === null) return null;
  return (
    <p className="font-mono text-xs leading-5 break-words text-muted-foreground">
      {label} (<span className="text-foreground">{sql}</span>)
    </p>
  );
}
