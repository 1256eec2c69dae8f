'use client';
/** Four figures in a row. */

import { type Question, useCount } from '#components/platform/use-counts.ts';
import { Skeleton } from '#components/ui/skeleton.tsx';

const figures: { question: Question; label: string }[] = [
  { question: 'tables', label: 'Tables' },
  { question: 'users', label: 'Users' },
  { question: 'policies', label: 'Policies' },
];

const cell = 'grid gap-1 bg-card px-4 py-3';

function Count({ environment, question, label }: { environment: string | null; question: Question; label: string }) {
  const { data, isPending } = useCount(environment, question);
  return (
    <div className={cell}>
      <dt className="text-xs text-muted-foreground">{label}</dt>
      <dd className="text-xl leading-7 font-semibold tracking-tight tabular-nums">
        {isPending ? (
          <Skeleton className="my-1 h-5 w-10" />
        ) : (
          (data?.toLocaleString('en') ?? <span title="Not available">–</span>)
        )}
      </dd>
    </div>
  );
}

export function CountsRow({ environment, environments }: { environment: string | null; environments: number }) {
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-border shadow-xs md:grid-cols-4">
      {figures.map((figure) => (
        <Count key={figure.question} environment={environment} {...figure} />
      ))}
      <div className={cell}>
        <dt className="text-xs text-muted-foreground">Environments</dt>
        <dd className="text-xl leading-7 font-semibold tracking-tight tabular-nums">{environments}</dd>
      </div>
    </dl>
  );
}
