'use client';
/** The list of tables and functions beside the documentation of the chosen one. */

import { FunctionSquareIcon, TableIcon } from 'lucide-react';
import { useState } from 'react';
import { toFunctions, toTables } from '#components/api-docs/api-model.ts';
import { FunctionDocs } from '#components/api-docs/function-docs.tsx';
import { TableDocs } from '#components/api-docs/table-docs.tsx';
import { EmptyState } from '#components/feedback/empty-state.tsx';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { toSecondsLeft, useImpersonation } from '#components/platform/impersonation.ts';
import { findPublishableKey, useApiKeys } from '#components/platform/use-api-keys.ts';
import { useRestDescription } from '#components/platform/use-rest-description.ts';
import { useOrigin } from '#components/shell/use-location.ts';
import { cn } from '#components/ui/cn.ts';
import { Skeleton } from '#components/ui/skeleton.tsx';

export function ApiDocs({ environment }: { environment: string }) {
  const origin = useOrigin();
  const keys = useApiKeys(environment);
  const key = findPublishableKey(keys.data);
  const impersonation = useImpersonation();
  const isActive = impersonation?.environment === environment && toSecondsLeft(impersonation, Date.now()) > 0;
  const token = isActive ? impersonation.token : null;
  const url = `${origin}/api/${environment}`;
  const { data, error, refetch } = useRestDescription(origin === '' ? '' : url, key, token);
  const [chosen, setChosen] = useState<string | null>(null);
  const failure = error ?? keys.error;
  if (failure && !data) {
    return <ErrorPanel title="The API did not describe itself" error={failure} onRetry={() => refetch()} />;
  }
  if (keys.data && key === null) {
    return (
      <EmptyState icon={TableIcon} title="No publishable key">
        Make one on the overview: the documentation asks the API with it.
      </EmptyState>
    );
  }
  if (!data) {
    return (
      <div role="status">
        <span className="sr-only">Loading the documentation</span>
        <Skeleton className="h-96" />
      </div>
    );
  }
  const tables = toTables(data);
  const functions = toFunctions(data);
  if (tables.length + functions.length === 0) {
    return (
      <EmptyState icon={TableIcon} title="Nothing to call yet">
        Tables and functions appear here as soon as the role of the key may use them.
      </EmptyState>
    );
  }
  const target = { url, key: key ?? '' };
  const first = tables[0] ? `table ${tables[0].name}` : `function ${functions[0]?.name}`;
  const id = chosen ?? first;
  const table = tables.find((one) => `table ${one.name}` === id);
  const fn = functions.find((one) => `function ${one.name}` === id);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6 lg:grid-cols-[13rem_minmax(0,1fr)]">
      <nav aria-label="Tables and functions" className="grid content-start gap-5 max-lg:max-h-56 max-lg:overflow-y-auto">
        <Names
          title="Tables"
          icon={TableIcon}
          kind="table"
          names={tables.map(({ name }) => name)}
          chosen={id}
          onChoose={setChosen}
        />
        <Names
          title="Functions"
          icon={FunctionSquareIcon}
          kind="function"
          names={functions.map(({ name }) => name)}
          chosen={id}
          onChoose={setChosen}
        />
      </nav>
      {table ? <TableDocs key={table.name} table={table} target={target} token={token} /> : null}
      {fn ? <FunctionDocs key={fn.name} fn={fn} target={target} /> : null}
    </div>
  );
}

interface NamesProps {
  title: string;
  icon: typeof TableIcon;
  kind: string;
  names: string[];
  chosen: string;
  onChoose: (id: string) => void;
}

function Names({ title, icon: Icon, kind, names, chosen, onChoose }: NamesProps) {
  if (names.length === 0) return null;
  return (
    <div className="grid gap-1">
      <h2 className="px-2 text-xs font-medium text-muted-foreground">{title}</h2>
      <ul className="grid gap-0.5">
        {names.map((name) => {
          const id = `${kind} ${name}`;
          return (
            <li key={name}>
              <button
                type="button"
                aria-current={id === chosen ? 'true' : undefined}
                className={cn(
                  'flex h-7 w-full items-center gap-2 rounded-md px-2 text-left font-mono text-xs text-muted-foreground transition-colors hover:bg-accent hover:text-foreground max-lg:h-9',
                  id === chosen && 'bg-accent text-foreground',
                )}
                onClick={() => onChoose(id)}
              >
                <Icon className="size-3.5 shrink-0" aria-hidden="true" />
                <span className="truncate">{name}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
