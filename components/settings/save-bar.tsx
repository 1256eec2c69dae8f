'use client';
/** The foot of a form: save, or take the changes back. */

import { Button } from '#components/ui/button.tsx';
import { CardFooter } from '#components/ui/card.tsx';

interface SaveBarProps {
  dirty: boolean;
  saving: boolean;
  onReset: () => void;
  /** Why saving failed. */
  error?: string | undefined;
}

export function SaveBar({ dirty, saving, onReset, error }: SaveBarProps) {
  return (
    <CardFooter>
      <p className="text-xs text-muted-foreground" role={error ? 'alert' : undefined} aria-live="polite">
        {error ? <span className="text-destructive">{error}</span> : dirty ? 'Unsaved changes' : ''}
      </p>
      <div className="ml-auto flex gap-2">
        <Button variant="ghost" size="sm" disabled={!dirty || saving} onClick={onReset}>
          Reset
        </Button>
        <Button type="submit" size="sm" disabled={!dirty || saving}>
          {saving ? 'Saving…' : 'Save'}
        </Button>
      </div>
    </CardFooter>
  );
}
