'use client';
/** The policy that asks for a role or for a permission, to copy or to take to the console. */

import { useId, useState } from 'react';
import { CopyButton } from '#components/feedback/copy-button.tsx';
import type { AppRole } from '#components/platform/use-app-roles.ts';
import { Code } from '#components/project-home/code.tsx';
import { OpenInConsole } from '#components/sql/open-in-console.tsx';
import { Card, CardDescription, CardFooter, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { Label } from '#components/ui/label.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/select.tsx';

/** Names hold no quotes: the API refuses them. */
function toSnippet(name: string, permission: string | undefined): string {
  const asked = permission === undefined ? `auth.has_role('${name}')` : `auth.has_permission('${permission}')`;
  return `-- who may change rows of notes
create policy "${name} may change notes" on notes
  for update to authenticated
  using ((select auth.has_role('${name}')));

-- or by what they may do, whatever their role is called
create policy "adding notes" on notes
  for insert to authenticated
  with check ((select ${permission === undefined ? "auth.has_permission('notes.write')" : asked}));`;
}

export function RoleSnippet({ roles }: { roles: AppRole[] }) {
  const id = useId();
  const [chosen, setChosen] = useState(roles[0]?.name ?? '');
  const role = roles.find((one) => one.name === chosen) ?? roles[0];
  if (role === undefined) return null;
  const sql = toSnippet(role.name, role.permissions[0]);
  return (
    <Card aria-label="Policy that asks for a role">
      <CardHeader>
        <div className="grid gap-0.5">
          <CardTitle>In a policy</CardTitle>
          <CardDescription>
            The token of a signed-in user carries roles and permissions; nobody writes them but you.
          </CardDescription>
        </div>
        <div className="flex items-center gap-2">
          <Label htmlFor={id} className="text-xs">
            Role
          </Label>
          <Select value={role.name} onValueChange={setChosen}>
            <SelectTrigger id={id} className="w-40">
              <SelectValue />
            </SelectTrigger>
            <SelectContent>
              {roles.map((one) => (
                <SelectItem key={one.name} value={one.name}>
                  {one.name}
                </SelectItem>
              ))}
            </SelectContent>
          </Select>
        </div>
      </CardHeader>
      <div className="relative bg-code">
        <Code text={sql} label="Policy snippet" language="sql" />
        <CopyButton text={sql} label="policy" className="absolute top-2 right-2 bg-code" />
      </div>
      <CardFooter>
        <OpenInConsole sql={sql} />
      </CardFooter>
    </Card>
  );
}
