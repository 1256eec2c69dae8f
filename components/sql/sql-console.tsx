'use client';
/** Editor, options and results of the SQL console. */

import { PlayIcon } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { may } from '#components/platform/may.ts';
import { findPlace } from '#components/platform/platform-error.ts';
import { useOperator } from '#components/platform/use-operator.ts';
import { useRunQuery } from '#components/platform/use-query.ts';
import { useHydrated } from '#components/shell/use-location.ts';
import { HistorySheet } from '#components/sql/history-sheet.tsx';
import { KeyboardHelp } from '#components/sql/keyboard-help.tsx';
import { RunAs } from '#components/sql/run-as.tsx';
import { clearDraft, findDraft } from '#components/sql/sql-draft.ts';
import { SqlEditor } from '#components/sql/sql-editor.tsx';
import { SqlOutcome } from '#components/sql/sql-outcome.tsx';
import { useSqlHistory } from '#components/sql/use-sql-history.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardFooter } from '#components/ui/card.tsx';
import { Label } from '#components/ui/label.tsx';
import { Switch } from '#components/ui/switch.tsx';

const example =
  "select name, type\nfrom sqlite_master\nwhere type = 'table' and name not like '\\_koyalite%' escape '\\'\norder by name;";

export function SqlConsole({ environment, role }: { environment: string; role: string }) {
  const [query, setQuery] = useState(() => findDraft() ?? example);
  const [as, setAs] = useState('');
  const { data: operator } = useOperator();
  const history = useSqlHistory(operator?.id, environment);
  // What another page hands over is there to be run as it stands, and mostly changes something.
  const [readOnly, setReadOnly] = useState(() => findDraft() === null);
  const run = useRunQuery(environment);
  const id = useId();
  const keys = useHydrated() && /mac|iphone|ipad/i.test(navigator.userAgent) ? '⌘↵' : 'Ctrl ↵';
  const allowed = may(role, 'developer');
  useEffect(clearDraft, []);
  const submit = (selected = '') => {
    const text = selected.trim() === '' ? query : selected;
    if (!allowed || run.isPending || text.trim() === '') return;
    const note = (failed: boolean) => history.add({ query: text, at: new Date().toISOString(), failed });
    run.mutate({ query: text, readOnly, as: as.trim() }, { onSuccess: () => note(false), onError: () => note(true) });
  };
  // An error's place belongs to the text that was sent: it fades with the next keystroke.
  const place = run.variables?.query === query ? findPlace(run.error) : null;
  return (
    <>
      <Card aria-label="Query">
        <SqlEditor value={query} onChange={setQuery} onRun={submit} errorLine={place?.line ?? null} />
        <CardFooter className="gap-y-2">
          <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
            <div className="flex flex-wrap items-center gap-2">
              <Label htmlFor={`${id}-as`} className="text-xs">
                Run as
              </Label>
              <RunAs control={{ id: `${id}-as` }} environment={environment} hasOperator isSmall value={as} onChange={setAs} />
            </div>
            <div className="flex items-center gap-2">
              <Switch id={`${id}-read-only`} checked={readOnly} onCheckedChange={setReadOnly} />
              <Label htmlFor={`${id}-read-only`} className="text-xs">
                Read only
              </Label>
            </div>
          </div>
          <div className="ml-auto flex flex-wrap items-center gap-1">
            <KeyboardHelp />
            <HistorySheet entries={history.entries} onPick={setQuery} onClear={history.clear} />
            {allowed ? null : <span className="px-2 text-xs text-muted-foreground">Needs the role developer.</span>}
            <Button
              size="sm"
              className="ml-2"
              disabled={!allowed || run.isPending || query.trim() === ''}
              onClick={() => submit()}
            >
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
