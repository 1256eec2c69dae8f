'use client';
/** A plain text field for SQL with line numbers, where ⌘Enter runs it. */

import { type KeyboardEvent, useRef } from 'react';
import { cn } from '#components/ui/cn.ts';

interface SqlEditorProps {
  value: string;
  onChange: (value: string) => void;
  onRun: () => void;
  /** The line to mark, from 1. */
  errorLine: number | null;
}

const leastLines = 10;

export function SqlEditor({ value, onChange, onRun, errorLine }: SqlEditorProps) {
  const gutter = useRef<HTMLDivElement>(null);
  const count = Math.max(value.split('\n').length, leastLines);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    onRun();
  };
  return (
    <div className="flex h-64 bg-code font-mono text-xs leading-5">
      <div
        ref={gutter}
        aria-hidden="true"
        className="shrink-0 overflow-hidden py-3 pl-3 text-right text-muted-foreground select-none"
      >
        {Array.from({ length: count }, (_, index) => index + 1).map((line) => (
          <div
            key={line}
            className={cn('rounded-sm px-1.5', line === errorLine && 'bg-destructive/15 font-semibold text-destructive')}
          >
            {line}
          </div>
        ))}
        <div className="h-6" />
      </div>
      <textarea
        aria-label="SQL"
        aria-invalid={errorLine !== null}
        spellCheck={false}
        autoCapitalize="off"
        autoCorrect="off"
        wrap="off"
        className="min-w-0 flex-1 resize-none bg-transparent py-3 pr-4 pl-2 whitespace-pre outline-none focus-visible:shadow-[inset_2px_0_0_var(--ring)]"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
        onScroll={(event) => {
          if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
      />
    </div>
  );
}
