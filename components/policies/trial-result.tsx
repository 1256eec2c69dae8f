'use client';
/** What a trial found: the sum, the policies that were asked, and the rows with what decided about each. */

import { CheckIcon, XIcon } from 'lucide-react';
import type { Trial, TrialQuestion } from '#components/platform/use-policies.ts';
import { toOverall, toReason, toSummary } from '#components/policies/trial-words.ts';
import { SqlText } from '#components/sql/sql-text.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Card, CardContent, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { cn } from '#components/ui/cn.ts';
import { ScrollBox } from '#components/ui/scroll-box.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';

export function TrialResult({ trial, question }: { trial: Trial; question: TrialQuestion }) {
  const overall = toOverall(trial, question);
  return (
    <Card aria-label="Outcome" aria-live="polite">
      <CardHeader>
        <CardTitle>{toSummary(trial, question)}</CardTitle>
        {trial.scanned >= 10_000 ? (
          <span className="text-xs text-muted-foreground">the first 10,000 rows were looked at</span>
        ) : null}
      </CardHeader>
      {overall ? <CardContent className="border-b py-3 text-[13px] text-muted-foreground">{overall}</CardContent> : null}
      {trial.policies.length > 0 ? (
        <ul className="grid gap-1.5 border-b px-4 py-3" aria-label="Policies that were asked">
          {trial.policies.map((policy) => (
            <li key={`${policy.command} ${policy.name}`} className="flex flex-wrap items-center gap-x-2 gap-y-1 text-[13px]">
              <span className="font-medium">{policy.name}</span>
              <Badge variant="outline" className="font-mono uppercase">
                {policy.command}
              </Badge>
              {policy.permissive ? null : <Badge variant="warning">restrictive</Badge>}
              <code className="font-mono text-xs break-words text-muted-foreground">{policy.expression}</code>
            </li>
          ))}
        </ul>
      ) : null}
      {trial.rows.length === 0 ? (
        <CardContent className="text-[13px] text-muted-foreground">
          The table holds no rows: add some to see who reaches them.
        </CardContent>
      ) : (
        <TrialRows trial={trial} question={question} />
      )}
    </Card>
  );
}

function TrialRows({ trial, question }: { trial: Trial; question: TrialQuestion }) {
  return (
    <ScrollBox label="Rows" className="max-h-[32rem] overflow-auto">
      <Table>
        <TableHeader className="sticky top-0 bg-muted">
          <TableRow>
            <TableHead>Reached</TableHead>
            <TableHead>What decides</TableHead>
            {trial.columns.map((column) => (
              <TableHead key={column.name} className="font-mono">
                {column.name}
              </TableHead>
            ))}
          </TableRow>
        </TableHeader>
        <TableBody>
          {trial.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their order
            <TableRow key={index} className={cn(!row.allowed && 'text-muted-foreground')}>
              <TableCell>
                {row.allowed ? (
                  <span className="inline-flex items-center gap-1 text-success">
                    <CheckIcon className="size-4" aria-hidden="true" /> yes
                  </span>
                ) : (
                  <span className="inline-flex items-center gap-1 text-destructive">
                    <XIcon className="size-4" aria-hidden="true" /> no
                  </span>
                )}
              </TableCell>
              <TableCell className="max-w-80 truncate text-xs" title={toReason(trial, row, question.command)}>
                {toReason(trial, row, question.command)}
              </TableCell>
              {row.values.map((value, column) => (
                <TableCell
                  key={trial.columns[column]?.name ?? column}
                  className="max-w-64 truncate font-mono text-xs"
                  title={value === null ? '' : String(value)}
                >
                  <SqlText value={value} type={trial.columns[column]?.type ?? null} />
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </ScrollBox>
  );
}
