'use client';
/** The choice of a role, with what each may do. */

import { roles, toGivable } from '#components/members/roles.ts';
import { cn } from '#components/ui/cn.ts';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/select.tsx';

interface RoleSelectProps {
  label: string;
  /** The role of whoever chooses. */
  mine: string;
  value: string;
  onChange: (role: string) => void;
  disabled?: boolean;
  className?: string;
}

export function RoleSelect({ label, mine, value, onChange, disabled = false, className }: RoleSelectProps) {
  const choices = disabled ? roles : toGivable(mine);
  return (
    <Select value={value} onValueChange={onChange} disabled={disabled}>
      <SelectTrigger aria-label={label} className={cn(className)}>
        <SelectValue />
      </SelectTrigger>
      <SelectContent>
        {choices.map((role) => (
          <SelectItem key={role.value} value={role.value}>
            {role.label}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
