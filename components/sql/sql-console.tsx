'use client';
/** Editor, options and results of the SQL console. */

import { PlayIcon } from 'lucide-react';
import { useId, useState } from 'react';
import { may } from '#components/platform/may.ts';
import { findPlace } from '#components/platform/platform-error.ts';
import { useRunQuery } from '#components/platform/use-query.ts';
import { useHydrated } from '#components/shell/use-location.ts';
import { RunAs } from '#components/sql/run-as.tsx';
import { SqlEditor } from '#components/sql/sql-editor.tsx';
import { SqlOutcome } from '#components/sql/sql-outcome.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardFooter } from '#components/ui/card.tsx';
import { Label } from '#components/ui/label.tsx';
import { Switch } from '#components/ui/switch.tsx';

const example =
  "select name, type\nfrom sqlite_master\nwhere type = 'table' and name not like '\\_koyalite%' escape '\\'\norder by name;";

export function SqlConsole({ environment, role }: { environment: string; role: string }) {
  const [query, setQuery] = useState(example);
  const [as, setAs] = useState('');
  const [readOnly, setReadOnly] = useState(true);
  const run = useRunQuery(environment);
  const readOnlyId = useId();
  const keys = useHydrated() && /mac|iphone|ipad/i.test(navigator.userAgent) ? '⌘↵' : 'Ctrl ↵';
  const allowed = may(role, 'developer');
  const submit = () => {
    if (allowed && !run.isPending && query.trim() !== '') run.mutate({ query, readOnly, as: as.trim() });
  };
  // An error's place belongs to the text that was sent: it fades with the next keystroke.
  const place = run.variables?.query === query ? findPlace(run.error) : null;
  return (
    <>
      <Card aria-label="Query">
        <SqlEditor value={query} onChange={setQuery} onRun={submit} errorLine={place?.line ?? null} />
        <CardFooter className="gap-y-2">
          <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
            <RunAs value={as} onChange={setAs} />
            <div className="flex items-center gap-2">
              <Switch id={readOnlyId} checked={readOnly} onCheckedChange={setReadOnly} />
              <Label htmlFor={readOnlyId} className="text-xs">
                Read only
              </Label>
            </div>
          </div>
          <div className="ml-auto flex items-center gap-3">
            {allowed ? null : <span className="text-xs text-muted-foreground">Needs the role developer.</span>}
            <Button size="sm" disabled={!allowed || run.isPending || query.trim() === ''} onClick={submit}>
              <PlayIcon /> {run.isPending ? 'Running…' : 'Run'}
              <kbd className="font-mono text-[11px] opacity-80 max-sm:hidden">{keys}</kbd>
            </Button>
          </div>
        </CardFooter>
      </Card>
      <SqlOutcome run={run} sent={run.variables?.query ?? ''} />
    </>
  );
}
