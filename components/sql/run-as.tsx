'use client';
/** Whom the SQL runs as: the operator, a role, or a user. */

import { useId, useState } from 'react';
import { Input } from '#components/ui/input.tsx';
import { Label } from '#components/ui/label.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/select.tsx';

const choices = [
  { value: 'operator', label: 'Operator', as: '' },
  { value: 'anon', label: 'anon', as: 'anon' },
  { value: 'authenticated', label: 'authenticated', as: 'authenticated' },
  { value: 'user', label: 'A user…', as: '' },
];

export function RunAs({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const id = useId();
  const [choice, setChoice] = useState('operator');
  const choose = (next: string) => {
    setChoice(next);
    onChange(choices.find((one) => one.value === next)?.as ?? '');
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Label htmlFor={id} className="text-xs">
        Run as
      </Label>
      <Select value={choice} onValueChange={choose}>
        <SelectTrigger id={id} className="h-7 w-36 text-xs">
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          {choices.map((one) => (
            <SelectItem key={one.value} value={one.value}>
              {one.label}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
      {choice === 'user' ? (
        <Input
          aria-label="User id or e-mail"
          placeholder="Id or e-mail"
          autoComplete="off"
          spellCheck={false}
          className="h-7 w-52 font-mono text-xs"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : null}
    </div>
  );
}
