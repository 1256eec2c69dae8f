'use client';
/** Which role has which permission: a table of boxes to tick, each kept at once. */

import { PlusIcon } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { toast } from 'sonner';
import { toMessage } from '#components/platform/platform-error.ts';
import { type AppRole, useChangeAppRole } from '#components/platform/use-app-roles.ts';
import { Button } from '#components/ui/button.tsx';
import { CardFooter } from '#components/ui/card.tsx';
import { Input } from '#components/ui/input.tsx';
import { ScrollBox } from '#components/ui/scroll-box.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';

interface PermissionMatrixProps {
  environment: string;
  roles: AppRole[];
  canManage: boolean;
}

const permissionPattern = /^[\w.:*/-]{1,100}$/;

export function PermissionMatrix({ environment, roles, canManage }: PermissionMatrixProps) {
  // A permission exists as long as a role has it; one that was just typed waits here for its first.
  const [waiting, setWaiting] = useState<string[]>([]);
  const change = useChangeAppRole(environment);
  const permissions = [...new Set([...roles.flatMap((role) => role.permissions), ...waiting])].sort();
  /** What was ticked and is not answered yet. */
  const [ticked, setTicked] = useState<Record<string, boolean>>({});
  const has = (role: AppRole, permission: string, on: Record<string, boolean>) =>
    on[`${role.name} ${permission}`] ?? role.permissions.includes(permission);
  const toggle = (role: AppRole, permission: string, on: boolean) => {
    const next = { ...ticked, [`${role.name} ${permission}`]: on };
    setTicked(next);
    if (!on) setWaiting((names) => [...new Set([...names, permission])]);
    const after = permissions.filter((one) => has(role, one, next));
    change.mutate(
      { role, change: { permissions: after } },
      { onError: (error) => toast.error(toMessage(error)), onSettled: () => setTicked({}) },
    );
  };
  return (
    <>
      {permissions.length === 0 ? (
        <p className="px-4 py-6 text-[13px] text-muted-foreground">
          No permissions yet. Name one, such as <code className="font-mono text-xs">notes.write</code>, and tick who has it.
        </p>
      ) : (
        <ScrollBox label="Matrix of permissions">
          <Table>
            <TableHeader className="bg-muted">
              <TableRow>
                <TableHead className="sticky left-0 bg-muted">Permission</TableHead>
                {roles.map((role) => (
                  <TableHead key={role.name} className="text-center font-mono">
                    {role.name}
                  </TableHead>
                ))}
                <TableHead className="w-full" aria-hidden="true" />
              </TableRow>
            </TableHeader>
            <TableBody>
              {permissions.map((permission) => (
                <TableRow key={permission}>
                  <th scope="row" className="sticky left-0 bg-card px-4 py-2 text-left font-mono text-xs font-normal">
                    {permission}
                  </th>
                  {roles.map((role) => (
                    <TableCell key={role.name} className="text-center">
                      <input
                        type="checkbox"
                        aria-label={`${role.name} has ${permission}`}
                        className="size-4 align-middle accent-primary"
                        checked={has(role, permission, ticked)}
                        disabled={!canManage}
                        onChange={(event) => toggle(role, permission, event.target.checked)}
                      />
                    </TableCell>
                  ))}
                  <TableCell aria-hidden="true" />
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </ScrollBox>
      )}
      {canManage ? <NewPermission taken={permissions} onAdd={(name) => setWaiting((names) => [...names, name])} /> : null}
    </>
  );
}

function NewPermission({ taken, onAdd }: { taken: string[]; onAdd: (name: string) => void }) {
  const id = useId();
  const [name, setName] = useState('');
  const [error, setError] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = name.trim();
    if (!permissionPattern.test(wanted)) return setError('Letters, digits and _ . : * / - only.');
    if (taken.includes(wanted)) return setError('It is there already.');
    setError(null);
    setName('');
    onAdd(wanted);
  };
  return (
    <CardFooter>
      <form onSubmit={submit} className="flex flex-wrap items-center gap-2" noValidate>
        <Input
          aria-label="New permission"
          aria-invalid={error !== null}
          aria-describedby={id}
          placeholder="notes.write"
          spellCheck={false}
          autoComplete="off"
          className="w-56 font-mono text-xs"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Button type="submit" variant="outline" disabled={name.trim() === ''}>
          <PlusIcon /> Add permission
        </Button>
        <span id={id} role={error ? 'alert' : undefined} className="text-xs text-destructive">
          {error}
        </span>
      </form>
    </CardFooter>
  );
}
