'use client';
/** Reads a few rows as an app would: with the publishable key, or as the user who is being viewed as. */

import { useMutation } from '@tanstack/react-query';
import { PlayIcon } from 'lucide-react';
import type { ApiTarget } from '#components/api-docs/api-snippets.ts';
import { Button } from '#components/ui/button.tsx';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '#components/ui/card.tsx';
import { ScrollBox } from '#components/ui/scroll-box.tsx';

interface TryReadProps {
  table: string;
  target: ApiTarget;
  token: string | null;
}

export function TryRead({ table, target, token }: TryReadProps) {
  const read = useMutation({ mutationFn: () => readRows(table, target, token) });
  return (
    <Card aria-label="Try it">
      <CardHeader className={read.data || read.error ? '' : 'border-b-0'}>
        <div className="grid min-w-0 gap-0.5">
          <CardTitle>Try it</CardTitle>
          <CardDescription>
            The first five rows, {token === null ? 'as a visitor who is not signed in' : 'as the user you view as'}.
          </CardDescription>
        </div>
        <Button variant="outline" size="sm" disabled={read.isPending} onClick={() => read.mutate()}>
          <PlayIcon /> {read.isPending ? 'Reading…' : 'Send'}
        </Button>
      </CardHeader>
      {read.error ? (
        <CardContent role="alert" className="text-[13px] text-destructive">
          The API cannot be reached.
        </CardContent>
      ) : null}
      {read.data ? (
        <ScrollBox label="Answer" className="max-h-80 overflow-auto bg-code">
          <p className="px-4 pt-3 font-mono text-xs text-muted-foreground">{read.data.status}</p>
          <pre className="min-w-fit px-4 pt-1 pb-4 font-mono text-xs leading-5">{read.data.text}</pre>
        </ScrollBox>
      ) : null}
    </Card>
  );
}

async function readRows(table: string, { url, key }: ApiTarget, token: string | null): Promise<{ status: string; text: string }> {
  const headers = { apikey: key, ...(token === null ? {} : { Authorization: `Bearer ${token}` }) };
  const address = `${url}/rest/v1/${encodeURIComponent(table)}?select=*&limit=5`;
  const response = await fetch(address, { headers, credentials: 'omit', cache: 'no-store' });
  const text = await response.text();
  return { status: `${response.status} ${response.statusText}`.trim(), text: toPretty(text) };
}

function toPretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
