'use client';
/** Asks before something that hurts; with `typed`, only after a word has been typed. */

import { AlertDialog as AlertDialogPrimitive } from 'radix-ui';
import { useId, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/input.tsx';
import { Label } from '#components/ui/label.tsx';
import { useReturnFocus } from '#components/ui/use-return-focus.ts';

interface ConfirmDialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description: string;
  action: string;
  onConfirm: () => void;
  /** The word that must be typed before the action can be pressed. */
  typed?: string;
}

export function ConfirmDialog({ open, onClose, title, description, action, onConfirm, typed }: ConfirmDialogProps) {
  const focus = useReturnFocus();
  return (
    <AlertDialogPrimitive.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <AlertDialogPrimitive.Portal>
        <AlertDialogPrimitive.Overlay className="fixed inset-0 z-50 bg-black/40 backdrop-blur-[1px] data-[state=closed]:animate-out data-[state=closed]:fade-out-0 data-[state=open]:animate-in data-[state=open]:fade-in-0 dark:bg-black/60" />
        <AlertDialogPrimitive.Content
          {...focus}
          className="fixed top-[18vh] left-1/2 z-50 grid w-[calc(100%-2rem)] max-w-md -translate-x-1/2 gap-4 rounded-xl border bg-popover p-5 text-popover-foreground shadow-xl outline-none data-[state=closed]:animate-out data-[state=closed]:fade-out-0 data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-98"
        >
          <div className="grid gap-1.5">
            <AlertDialogPrimitive.Title className="text-sm font-semibold">{title}</AlertDialogPrimitive.Title>
            <AlertDialogPrimitive.Description className="text-[13px] text-muted-foreground">
              {description}
            </AlertDialogPrimitive.Description>
          </div>
          <Answer action={action} onConfirm={onConfirm} typed={typed} />
        </AlertDialogPrimitive.Content>
      </AlertDialogPrimitive.Portal>
    </AlertDialogPrimitive.Root>
  );
}

interface AnswerProps {
  action: string;
  onConfirm: () => void;
  typed: string | undefined;
}

function Answer({ action, onConfirm, typed }: AnswerProps) {
  const id = useId();
  const [text, setText] = useState('');
  const allowed = typed === undefined || text === typed;
  return (
    <>
      {typed === undefined ? null : (
        <div className="grid gap-2">
          <Label htmlFor={id} className="block leading-5 font-normal">
            Type <code className="rounded bg-muted px-1 py-0.5 font-mono text-xs font-medium">{typed}</code> to confirm
          </Label>
          <Input id={id} autoComplete="off" spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} />
        </div>
      )}
      <div className="flex flex-col-reverse gap-2 sm:flex-row sm:justify-end">
        <AlertDialogPrimitive.Cancel asChild>
          <Button variant="ghost">Cancel</Button>
        </AlertDialogPrimitive.Cancel>
        <AlertDialogPrimitive.Action asChild>
          <Button variant="destructive" disabled={!allowed} onClick={onConfirm}>
            {action}
          </Button>
        </AlertDialogPrimitive.Action>
      </div>
    </>
  );
}
