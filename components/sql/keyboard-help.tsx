'use client';
/** The keys of the console. */

import { KeyboardIcon } from 'lucide-react';
import { useHydrated } from '#components/shell/use-location.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogContent, DialogDescription, DialogHeader, DialogTitle, DialogTrigger } from '#components/ui/dialog.tsx';

const keys = [
  { keys: '⌘ ↵', does: 'Run everything, or what is selected' },
  { keys: '⌘ /', does: 'Comment lines out, or in again' },
  { keys: 'Tab', does: 'Indent; Esc first, then Tab leaves the editor' },
  { keys: '↑ ↓ ← →', does: 'Move in a result' },
  { keys: '↵', does: 'Open the value at hand, documents spread over lines' },
  { keys: '⌘ K', does: 'Go to another page' },
];

export function KeyboardHelp() {
  const isMac = useHydrated() && /mac|iphone|ipad/i.test(navigator.userAgent);
  return (
    <Dialog>
      <DialogTrigger asChild>
        <Button variant="ghost" size="sm">
          <KeyboardIcon /> <span className="max-sm:sr-only">Keys</span>
          <span className="sr-only">of the console</span>
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Keys of the console</DialogTitle>
          <DialogDescription>Everything here works without the mouse.</DialogDescription>
        </DialogHeader>
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-2.5 text-[13px]">
          {keys.map((one) => (
            <div key={one.keys} className="contents">
              <dt>
                <kbd className="rounded border bg-muted px-1.5 py-0.5 font-mono text-xs">
                  {isMac ? one.keys : one.keys.replace('⌘', 'Ctrl')}
                </kbd>
              </dt>
              <dd className="text-muted-foreground">{one.does}</dd>
            </div>
          ))}
        </dl>
      </DialogContent>
    </Dialog>
  );
}
