'use client';
/** Stands over every page while an operator views an environment as one of its users. */

import { EyeIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import { CopyButton } from '#components/feedback/copy-button.tsx';
import {
  type ActiveImpersonation,
  setImpersonation,
  toSecondsLeft,
  useEndImpersonation,
  useImpersonation,
} from '#components/platform/impersonation.ts';
import { Button } from '#components/ui/button.tsx';

/** `754` → `12:34`. */
export function toClock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export function ImpersonationBanner() {
  const impersonation = useImpersonation();
  return impersonation === null ? null : <Banner key={impersonation.token} impersonation={impersonation} />;
}

function Banner({ impersonation }: { impersonation: ActiveImpersonation }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const end = useEndImpersonation();
  const left = toSecondsLeft(impersonation, now);
  const { label, environment, reason, token } = impersonation;
  return (
    <section
      aria-label="Viewing as a user"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-warning/30 bg-warning/10 px-4 py-1.5 text-[13px] md:px-5"
    >
      <EyeIcon className="size-4 shrink-0 text-warning" aria-hidden="true" />
      <p className="min-w-0 flex-1 truncate">
        Viewing <span className="font-mono text-xs">{environment}</span> as <strong className="font-medium">{label}</strong>
        <span className="text-muted-foreground max-sm:hidden"> · {reason}</span>
      </p>
      <span className="text-xs tabular-nums" role="timer">
        {left === 0 ? 'Ended' : `${toClock(left)} left`}
      </span>
      {left === 0 ? null : <CopyButton text={token} label="the user’s token" />}
      <Button
        variant="outline"
        size="sm"
        disabled={end.isPending}
        onClick={() => (left === 0 ? setImpersonation(null) : end.mutate(impersonation))}
      >
        {left === 0 ? 'Close' : 'End'}
      </Button>
    </section>
  );
}
