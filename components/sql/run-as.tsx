'use client';
/** Whom SQL or a trial runs as: the operator, a role, or a user found by their e-mail. */

import { useDeferredValue, useId, useState } from 'react';
import type { ControlProps } from '#components/form/field.tsx';
import { useEndUsers } from '#components/platform/use-end-users.ts';
import { cn } from '#components/ui/cn.ts';
import { Input } from '#components/ui/input.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/select.tsx';

const choices = [
  { value: 'operator', label: 'Operator', as: '' },
  { value: 'anon', label: 'anon', as: 'anon' },
  { value: 'authenticated', label: 'authenticated', as: 'authenticated' },
  { value: 'user', label: 'A user…', as: '' },
];

interface RunAsProps {
  control: Pick<ControlProps, 'id'>;
  environment: string;
  /** Whether the operator, past every policy, is among the choices. */
  hasOperator: boolean;
  isSmall?: boolean;
  value: string;
  onChange: (value: string) => void;
}

export function RunAs({ control, environment, hasOperator, isSmall = false, value, onChange }: RunAsProps) {
  const offered = hasOperator ? choices : choices.slice(1);
  const [choice, setChoice] = useState(() => offered.find((one) => one.as === value)?.value ?? 'user');
  const choose = (next: string) => {
    setChoice(next);
    onChange(choices.find((one) => one.value === next)?.as ?? '');
  };
  const small = isSmall ? 'h-7 text-xs' : '';
  return (
    <div className={cn('flex flex-wrap gap-2', isSmall && 'items-center')}>
      <Select value={choice} onValueChange={choose}>
        <SelectTrigger {...control} className={cn(small, isSmall ? 'w-36' : 'min-w-36 flex-1')}>
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          {offered.map((one) => (
            <SelectItem key={one.value} value={one.value}>
              {one.label}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
      {choice === 'user' ? (
        <UserField
          environment={environment}
          className={cn(small, isSmall ? 'w-52' : 'min-w-44 flex-[2]')}
          value={value}
          onChange={onChange}
        />
      ) : null}
    </div>
  );
}

interface UserFieldProps {
  environment: string;
  className: string;
  value: string;
  onChange: (value: string) => void;
}

function UserField({ environment, className, value, onChange }: UserFieldProps) {
  const listId = useId();
  const wanted = useDeferredValue(value.trim());
  const { data } = useEndUsers(environment, wanted, 1, wanted.length >= 2);
  return (
    <>
      <Input
        aria-label="User id or e-mail"
        placeholder="Id or e-mail"
        autoComplete="off"
        spellCheck={false}
        list={listId}
        className={cn('font-mono text-xs', className)}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={listId}>
        {data?.users.slice(0, 8).map((user) => (
          <option key={user.id} value={user.email ?? user.id} />
        ))}
      </datalist>
    </>
  );
}
