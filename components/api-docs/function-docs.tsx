'use client';
/** One function: its parameters and its call. */

import type { ApiFunction } from '#components/api-docs/api-model.ts';
import { type ApiTarget, toFunctionSnippet } from '#components/api-docs/api-snippets.ts';
import { SnippetCards } from '#components/api-docs/snippet-cards.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '#components/ui/card.tsx';

export function FunctionDocs({ fn, target }: { fn: ApiFunction; target: ApiTarget }) {
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-6">
      <Card aria-label={`Parameters of ${fn.name}`}>
        <CardHeader>
          <div className="grid gap-0.5">
            <CardTitle className="font-mono">{fn.name}</CardTitle>
            {fn.description ? <CardDescription>{fn.description}</CardDescription> : null}
          </div>
        </CardHeader>
        {fn.parameters.length === 0 ? (
          <CardContent className="text-[13px] text-muted-foreground">It takes no parameters.</CardContent>
        ) : (
          <ul className="divide-y">
            {fn.parameters.map((parameter) => (
              <li key={parameter.name} className="flex items-center gap-3 px-4 py-2 font-mono text-xs">
                <span>{parameter.name}</span>
                <span className="text-muted-foreground">{parameter.type}</span>
                {parameter.isRequired ? (
                  <Badge variant="outline" className="ml-auto font-sans">
                    required
                  </Badge>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </Card>
      <SnippetCards target={target} snippets={[toFunctionSnippet(fn, target)]} />
    </div>
  );
}
