'use client';
/** Tries the policies: whoever calls, a table, a command, and the rows they may reach with what decided. */

import { FlaskConicalIcon, PlayIcon } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { EmptyState } from '#components/feedback/empty-state.tsx';
import { Choice } from '#components/form/choice.tsx';
import { Field } from '#components/form/field.tsx';
import { toMessage } from '#components/platform/platform-error.ts';
import { type Command, commandSchema, type PolicyTable, useTryPolicies } from '#components/platform/use-policies.ts';
import { TrialResult } from '#components/policies/trial-result.tsx';
import { RunAs } from '#components/sql/run-as.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardContent, CardFooter } from '#components/ui/card.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

interface PolicyTesterProps {
  environment: string;
  tables: PolicyTable[];
  /** The table to begin with, as `schema.name`. */
  first: string | null;
  canTry: boolean;
}

const commands = [
  { value: 'select', label: 'read (SELECT)' },
  { value: 'insert', label: 'add (INSERT)' },
  { value: 'update', label: 'change (UPDATE)' },
  { value: 'delete', label: 'delete (DELETE)' },
];

export function PolicyTester({ environment, tables, first, canTry }: PolicyTesterProps) {
  const keys = tables.map(({ schema, name }) => ({
    value: `${schema}.${name}`,
    label: schema === 'public' ? name : `${schema}.${name}`,
  }));
  const [table, setTable] = useState(first ?? keys[0]?.value ?? '');
  const [command, setCommand] = useState<Command>('select');
  const [as, setAs] = useState('anon');
  const attempt = useTryPolicies(environment);
  if (!canTry || tables.length === 0) {
    return (
      <EmptyState icon={FlaskConicalIcon} title={canTry ? 'No tables yet' : 'Needs the role developer'}>
        {canTry ? 'Make a table first.' : 'A trial shows rows, also those that policies hide.'}
      </EmptyState>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (as.trim() !== '') attempt.mutate({ as: as.trim(), table, command });
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <Card aria-label="Trial">
        <form onSubmit={submit} noValidate>
          <CardContent className="grid gap-4 sm:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)_minmax(0,1fr)]">
            <Field label="Whoever calls as" hint="On record, as every acting as somebody.">
              {(control) => <RunAs control={control} environment={environment} hasOperator={false} value={as} onChange={setAs} />}
            </Field>
            <Field label="wants to">
              {(control) => (
                <Choice
                  control={control}
                  options={commands}
                  value={command}
                  onChange={(value) => setCommand(commandSchema.catch('select').parse(value))}
                />
              )}
            </Field>
            <Field label="rows of">
              {(control) => <Choice control={control} options={keys} value={table} onChange={setTable} />}
            </Field>
          </CardContent>
          <CardFooter>
            <p className="min-w-0 text-xs text-muted-foreground">
              Nothing is changed: the policies are asked of the rows that are there.
            </p>
            <Button type="submit" size="sm" className="ml-auto" disabled={attempt.isPending || as.trim() === ''}>
              <PlayIcon /> {attempt.isPending ? 'Trying…' : 'Try'}
            </Button>
          </CardFooter>
        </form>
      </Card>
      {attempt.isPending ? (
        <div role="status">
          <span className="sr-only">Trying</span>
          <Skeleton className="h-48" />
        </div>
      ) : null}
      {attempt.error && !attempt.isPending ? (
        <p role="alert" className="rounded-lg border border-destructive/40 p-4 text-[13px] text-destructive">
          {toMessage(attempt.error)}
        </p>
      ) : null}
      {attempt.data && !attempt.isPending ? <TrialResult trial={attempt.data} question={attempt.variables} /> : null}
    </div>
  );
}
