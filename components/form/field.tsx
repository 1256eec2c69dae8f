'use client';
/** A labelled control with its explanation and its error, tied together for screen readers. */

import { type ReactNode, useId } from 'react';
import { cn } from '#components/ui/cn.ts';
import { Label } from '#components/ui/label.tsx';

export interface ControlProps {
  id: string;
  'aria-invalid': boolean;
  'aria-describedby'?: string;
}

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  className?: string;
  children: (control: ControlProps) => ReactNode;
}

export function Field({ label, hint, error, className, children }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const hasNote = hint !== undefined || error !== undefined;
  return (
    <div className={cn('grid content-start gap-1.5', className)}>
      <Label htmlFor={id}>{label}</Label>
      {children({ id, 'aria-invalid': error !== undefined, ...(hasNote ? { 'aria-describedby': noteId } : {}) })}
      {hasNote ? (
        <p id={noteId} className={cn('text-xs text-muted-foreground', error !== undefined && 'text-destructive')}>
          {error ?? hint}
        </p>
      ) : null}
    </div>
  );
}
