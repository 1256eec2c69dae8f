'use client';
/** Finds a user by part of their e-mail, phone, name or id, and hands them over. */

import { useDeferredValue, useId, useState } from 'react';
import { toUserLabel, useEndUsers } from '#components/platform/use-end-users.ts';
import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/input.tsx';
import { Label } from '#components/ui/label.tsx';

interface UserPickerProps {
  environment: string;
  label: string;
  /** What the button of a found user says to screen readers, before their name. */
  action: string;
  onPick: (userId: string, label: string) => void;
}

const mostShown = 5;
const fewestLetters = 2;

export function UserPicker({ environment, label, action, onPick }: UserPickerProps) {
  const id = useId();
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text.trim());
  const { data } = useEndUsers(environment, wanted, 1, wanted.length >= fewestLetters);
  const found = wanted.length < fewestLetters ? [] : (data?.users ?? []).slice(0, mostShown);
  const pick = (userId: string, name: string) => {
    setText('');
    onPick(userId, name);
  };
  return (
    <div className="grid gap-1.5">
      <Label htmlFor={id}>{label}</Label>
      <Input
        id={id}
        type="search"
        autoComplete="off"
        spellCheck={false}
        placeholder="Search by e-mail, phone, name or id"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          const [first] = found;
          if (event.key !== 'Enter' || first === undefined) return;
          event.preventDefault();
          pick(first.id, toUserLabel(first));
        }}
      />
      {found.length > 0 ? (
        <ul className="divide-y overflow-hidden rounded-md border bg-card">
          {found.map((user) => (
            <li key={user.id}>
              <Button
                variant="ghost"
                className="w-full justify-start rounded-none text-foreground focus-visible:-outline-offset-2"
                onClick={() => pick(user.id, toUserLabel(user))}
              >
                <span className="sr-only">{action}: </span>
                <span className="truncate">{toUserLabel(user)}</span>
                <span className="ml-auto truncate font-mono text-[11px] text-muted-foreground max-sm:hidden">{user.id}</span>
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      <p role="status" className="text-xs text-muted-foreground">
        {wanted.length >= fewestLetters && data && found.length === 0 ? 'Nobody is found.' : ''}
      </p>
    </div>
  );
}
