'use client';
/** The calls of a table or function, all in one language at a time. */

import { type ApiSnippet, type ApiTarget, toClientSnippet } from '#components/api-docs/api-snippets.ts';
import { CopyButton } from '#components/feedback/copy-button.tsx';
import { Code } from '#components/project-home/code.tsx';
import { Card } from '#components/ui/card.tsx';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '#components/ui/tabs.tsx';

export function SnippetCards({ target, snippets }: { target: ApiTarget; snippets: ApiSnippet[] }) {
  return (
    <Card aria-label="Calls">
      <Tabs defaultValue="js">
        <div className="border-b px-4">
          <TabsList aria-label="Languages">
            <TabsTrigger value="js">supabase-js</TabsTrigger>
            <TabsTrigger value="curl">curl</TabsTrigger>
          </TabsList>
        </div>
        <TabsContent value="js" className="divide-y">
          <Snippet title="Connect" text={toClientSnippet(target)} />
          {snippets.map((snippet) => (
            <Snippet key={snippet.title} title={snippet.title} text={snippet.js} />
          ))}
        </TabsContent>
        <TabsContent value="curl" className="divide-y">
          {snippets.map((snippet) => (
            <Snippet key={snippet.title} title={snippet.title} text={snippet.curl} />
          ))}
        </TabsContent>
      </Tabs>
    </Card>
  );
}

function Snippet({ title, text }: { title: string; text: string }) {
  return (
    <div className="relative bg-code">
      <h3 className="px-4 pt-3 text-xs font-medium">{title}</h3>
      <Code text={text} label={`${title} snippet`} />
      <CopyButton text={text} label={title} className="absolute top-2 right-2.5 bg-code" />
    </div>
  );
}
