'use client';
/** One request in detail, and how its time compares with others of its kind. */

import { XIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { CopyButton } from '#components/feedback/copy-button.tsx';
import { toDuration, toStatusVariant } from '#components/logs/log-words.ts';
import { type LoggedRequest, useSlowRequests } from '#components/platform/use-request-log.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Sheet, SheetClose, SheetContent, SheetDescription, SheetTitle } from '#components/ui/sheet.tsx';

interface RequestSheetProps {
  environment: string;
  request: LoggedRequest | null;
  onClose: () => void;
}

export function RequestSheet({ environment, request, onClose }: RequestSheetProps) {
  return (
    <Sheet open={request !== null} onOpenChange={(open) => !open && onClose()}>
      <SheetContent side="right">
        <div className="flex items-start justify-between gap-4 border-b px-5 py-4">
          <div className="grid min-w-0 gap-0.5">
            <SheetTitle className="truncate font-mono text-sm font-semibold">
              {request ? `${request.method} /${request.service}${request.path}` : ''}
            </SheetTitle>
            <SheetDescription className="truncate text-xs text-muted-foreground">
              {request ? new Date(request.at).toLocaleString() : ''}
            </SheetDescription>
          </div>
          <SheetClose asChild>
            <Button variant="ghost" size="icon-sm" aria-label="Close">
              <XIcon />
            </Button>
          </SheetClose>
        </div>
        {request ? <Details environment={environment} request={request} /> : null}
      </SheetContent>
    </Sheet>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[8.5rem_minmax(0,1fr)] items-center gap-3 py-1.5">
      <dt className="text-xs text-muted-foreground">{label}</dt>
      <dd className="flex min-w-0 items-center gap-1 text-[13px]">{children}</dd>
    </div>
  );
}

function Details({ environment, request }: { environment: string; request: LoggedRequest }) {
  return (
    <div className="grid content-start gap-6 overflow-y-auto p-5">
      <dl className="divide-y rounded-lg border bg-card px-4 py-1.5">
        <Fact label="Status">
          <Badge variant={toStatusVariant(request.status)} className="font-mono">
            {request.status}
          </Badge>
        </Fact>
        <Fact label="Path">
          <span className="min-w-0 font-mono text-xs break-all">{request.path}</span>
        </Fact>
        <Fact label="Role">
          {request.role ?? <span className="text-muted-foreground">none: refused before, or open to all</span>}
        </Fact>
        <Fact label="Address">
          <span className="font-mono text-xs">{request.client_address ?? 'unknown'}</span>
        </Fact>
        <Fact label="Request id">
          <span className="min-w-0 truncate font-mono text-xs">{request.request_id}</span>
          <CopyButton text={request.request_id} label="request id" />
        </Fact>
      </dl>
      <Timing environment={environment} request={request} />
    </div>
  );
}

/** Its own time beside the median and the slow end of the last day. */
function Timing({ environment, request }: { environment: string; request: LoggedRequest }) {
  const { data: groups } = useSlowRequests(environment, 86_400);
  const kind = groups?.find(
    ({ service, method, path }) => service === request.service && method === request.method && path === request.path,
  );
  const bars = [
    { label: 'This request', ms: request.elapsed_ms, own: true },
    ...(kind
      ? [
          { label: `Median of ${kind.count.toLocaleString('en')}`, ms: kind.median_ms, own: false },
          { label: '95th percentile', ms: kind.p95_ms, own: false },
          { label: 'Slowest', ms: kind.max_ms, own: false },
        ]
      : []),
  ];
  const most = Math.max(...bars.map((bar) => bar.ms), 0.1);
  return (
    <section aria-label="Timing" className="grid gap-2">
      <h3 className="text-xs font-medium text-muted-foreground">Timing{kind ? ', beside the last day of this path' : ''}</h3>
      <ul className="grid gap-2.5 rounded-lg border bg-card p-4">
        {bars.map((bar) => (
          <li key={bar.label} className="grid gap-1">
            <div className="flex justify-between text-xs">
              <span>{bar.label}</span>
              <span className="tabular-nums">{toDuration(bar.ms)}</span>
            </div>
            <div className="h-1.5 overflow-hidden rounded-full bg-muted" aria-hidden="true">
              <div
                className={bar.own ? 'h-full rounded-full bg-primary' : 'h-full rounded-full bg-muted-foreground/50'}
                style={{ width: `${Math.max(1, (bar.ms / most) * 100)}%` }}
              />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
