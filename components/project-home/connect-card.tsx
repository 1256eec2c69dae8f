'use client';
/** The API URL, the publishable key, and code that uses them. */

import { CopyButton } from '#components/feedback/copy-button.tsx';
import type { Environment } from '#components/platform/schemas.ts';
import { findPublishableKey, useApiKeys } from '#components/platform/use-api-keys.ts';
import { Code } from '#components/project-home/code.tsx';
import { toSnippets } from '#components/project-home/snippets.ts';
import { useOrigin } from '#components/shell/use-location.ts';
import { Card, CardContent, CardTitle } from '#components/ui/card.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '#components/ui/tabs.tsx';

function Value({ label, value, pending }: { label: string; value: string | null; pending: boolean }) {
  return (
    <div className="grid min-w-0 gap-1">
      <dt className="text-xs text-muted-foreground">{label}</dt>
      <dd className="flex min-w-0 items-center gap-1 rounded-md border bg-code py-0.5 pr-1 pl-2.5">
        {pending ? (
          <Skeleton className="h-4 flex-1" />
        ) : (
          <code className="min-w-0 flex-1 truncate font-mono text-xs">{value ?? 'None yet'}</code>
        )}
        <CopyButton text={value ?? ''} label={label} />
      </dd>
    </div>
  );
}

export function ConnectCard({ environment }: { environment: Environment }) {
  const origin = useOrigin();
  const { data: keys, isPending } = useApiKeys(environment.ref);
  if (origin === '') return <Skeleton className="h-72 w-full" />;
  const url = `${origin}/api/${environment.ref}`;
  const key = findPublishableKey(keys);
  const snippets = toSnippets(url, key ?? '<publishable key>', environment.ref);
  return (
    <Card aria-label="Connect">
      <CardContent className="grid gap-4 border-b">
        <CardTitle>Connect</CardTitle>
        <dl className="grid gap-3 lg:grid-cols-2">
          <Value label="API URL" value={url} pending={false} />
          <Value label="Publishable key" value={key} pending={isPending} />
        </dl>
      </CardContent>
      <Tabs defaultValue="js">
        <div className="overflow-x-auto border-b px-4">
          <TabsList aria-label="Ways to connect">
            {snippets.map((snippet) => (
              <TabsTrigger key={snippet.id} value={snippet.id}>
                {snippet.title}
              </TabsTrigger>
            ))}
          </TabsList>
        </div>
        {snippets.map((snippet) => (
          <TabsContent key={snippet.id} value={snippet.id} className="relative bg-code">
            <Code text={snippet.text} label={`${snippet.title} snippet`} />
            <CopyButton text={snippet.text} label={`${snippet.title} snippet`} className="absolute top-2.5 right-2.5 bg-code" />
          </TabsContent>
        ))}
      </Tabs>
    </Card>
  );
}
