'use client';
/** A plain text field for SQL with line numbers, where ⌘Enter runs it, Tab indents and ⌘/ comments. */

import { type KeyboardEvent, useRef } from 'react';
import { indent, outdent, toggleComment } from '#components/sql/edit-text.ts';
import { cn } from '#components/ui/cn.ts';

interface SqlEditorProps {
  value: string;
  onChange: (value: string) => void;
  /** With the selected text, which may be empty. */
  onRun: (selected: string) => void;
  /** The line to mark, from 1. */
  errorLine: number | null;
}

const leastLines = 10;

export function SqlEditor({ value, onChange, onRun, errorLine }: SqlEditorProps) {
  const gutter = useRef<HTMLDivElement>(null);
  const count = Math.max(value.split('\n').length, leastLines);
  /** Esc lets the next Tab leave the editor. */
  const leaves = useRef(false);
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const { selectionStart: start, selectionEnd: end } = event.currentTarget;
    const command = event.metaKey || event.ctrlKey;
    if (event.key === 'Enter' && command) {
      event.preventDefault();
      onRun(value.slice(start, end));
      return;
    }
    const isTab = event.key === 'Tab' && !leaves.current && !command && !event.altKey;
    const isComment = event.key === '/' && command;
    leaves.current = event.key === 'Escape' || (leaves.current && event.key === 'Shift');
    if (!isTab && !isComment) return;
    event.preventDefault();
    const change = isComment ? toggleComment : event.shiftKey ? outdent : indent;
    const edited = change({ text: value, start, end });
    onChange(edited.text);
    const field = event.currentTarget;
    // After React has put the text in, the caret is where it belongs.
    requestAnimationFrame(() => field.setSelectionRange(edited.start, edited.end));
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
