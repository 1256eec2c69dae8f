'use client';
/** The advice of one severity: what is open, why that matters, and the SQL that mends it. */

import Link from 'next/link';
import { toExplanation } from '#components/advisor/explanations.ts';
import { CopyButton } from '#components/feedback/copy-button.tsx';
import type { Advice } from '#components/platform/use-advice.ts';
import { Code } from '#components/project-home/code.tsx';
import { useProjectRef } from '#components/shell/use-location.ts';
import { OpenInConsole } from '#components/sql/open-in-console.tsx';
import { Badge, type BadgeProps } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card, CardHeader, CardTitle } from '#components/ui/card.tsx';

interface AdviceGroupProps {
  title: string;
  /** What one of these is called. */
  word: string;
  variant: NonNullable<BadgeProps['variant']>;
  advice: Advice[];
  canRun: boolean;
}

export function AdviceGroup({ title, word, variant, advice, canRun }: AdviceGroupProps) {
  return (
    <Card aria-label={title}>
      <CardHeader>
        <CardTitle>{title}</CardTitle>
        <Badge variant={variant} className="tabular-nums">
          {advice.length} {advice.length === 1 ? word.toLowerCase() : `${word.toLowerCase()}s`}
        </Badge>
      </CardHeader>
      <ul className="divide-y">
        {advice.map((one) => (
          <AdviceItem key={`${one.rule} ${one.table} ${one.policy}`} advice={one} canRun={canRun} />
        ))}
      </ul>
    </Card>
  );
}

function AdviceItem({ advice, canRun }: { advice: Advice; canRun: boolean }) {
  const project = useProjectRef();
  const name = advice.table.replace(/^public\./, '');
  const { title, why, how } = toExplanation(advice.rule);
  return (
    <li className="grid grid-cols-[minmax(0,1fr)] gap-3 px-4 py-4">
      <div className="grid gap-1">
        <div className="flex flex-wrap items-baseline gap-x-2">
          <h3 className="text-[13px] font-medium">{title}</h3>
          <code className="font-mono text-xs break-words text-muted-foreground">{name}</code>
        </div>
        <p className="text-[13px] break-words">{advice.message}</p>
        <p className="text-[13px] text-muted-foreground">{why}</p>
      </div>
      {advice.sql ? (
        <div className="relative overflow-hidden rounded-md border bg-code">
          <Code text={advice.sql} label={`SQL for ${advice.table}`} language="sql" />
          <CopyButton text={advice.sql} label={`SQL for ${advice.table}`} className="absolute top-2 right-2 bg-code" />
        </div>
      ) : (
        <p className="text-[13px] text-muted-foreground">{advice.hint}</p>
      )}
      {how ? (
        <details className="text-[13px]">
          <summary className="w-fit cursor-pointer rounded-sm text-muted-foreground hover:text-foreground">
            How to mend it
          </summary>
          <p className="mt-1.5 max-w-prose">{how}</p>
        </details>
      ) : null}
      <div className="flex flex-wrap gap-2">
        {advice.sql && canRun ? <OpenInConsole sql={advice.sql} label="Run in the console" /> : null}
        <Button variant="ghost" size="sm" asChild>
          <Link href={`/projects/${encodeURIComponent(project ?? '')}/policies?search=${encodeURIComponent(name)}`}>
            Open its policies
          </Link>
        </Button>
      </div>
    </li>
  );
}
