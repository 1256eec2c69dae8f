'use client';
/** A card over one query: its skeleton, its error, its content. */

import type { ReactNode } from 'react';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

interface LoadedCardProps<T> {
  title: string;
  description: string;
  query: { data: T | undefined; error: unknown; refetch: () => unknown };
  children: (data: T) => ReactNode;
}

export function LoadedCard<T>({ title, description, query, children }: LoadedCardProps<T>) {
  const { data, error } = query;
  return (
    <Card aria-label={title}>
      <CardHeader>
        <div className="grid gap-0.5">
          <CardTitle>{title}</CardTitle>
          <CardDescription>{description}</CardDescription>
        </div>
      </CardHeader>
      {data !== undefined ? children(data) : null}
      {data === undefined && !error ? (
        <CardContent role="status">
          <span className="sr-only">Loading {title}</span>
          <Skeleton className="h-24" />
        </CardContent>
      ) : null}
      {data === undefined && error ? (
        <CardContent>
          <ErrorPanel title="This could not be loaded" error={error} onRetry={() => query.refetch()} />
        </CardContent>
      ) : null}
    </Card>
  );
}
