'use client';
/** What went wrong, and a way to try again. */

import { CircleAlertIcon, RotateCwIcon } from 'lucide-react';
import { toMessage } from '#components/platform/platform-error.ts';
import { Button } from '#components/ui/button.tsx';

interface ErrorPanelProps {
  title: string;
  /** Whether it is all the page has, and its title the page's. */
  isPage?: boolean;
  error: unknown;
  onRetry: () => void;
}

export function ErrorPanel({ title, isPage = false, error, onRetry }: ErrorPanelProps) {
  const Title = isPage ? 'h1' : 'p';
  return (
    <div role="alert" className="flex flex-col items-center gap-2 rounded-lg border border-dashed px-6 py-12 text-center">
      <CircleAlertIcon className="size-5 text-destructive" aria-hidden="true" />
      <Title className="text-sm font-medium">{title}</Title>
      <p className="max-w-md text-[13px] text-muted-foreground">{toMessage(error)}</p>
      <Button variant="outline" className="mt-2" onClick={onRetry}>
        <RotateCwIcon /> Try again
      </Button>
    </div>
  );
}
