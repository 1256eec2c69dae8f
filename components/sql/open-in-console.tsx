'use client';
/** Takes SQL to the console, where it is read before it runs. */

import { TerminalIcon } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useProjectRef } from '#components/shell/use-location.ts';
import { handToConsole } from '#components/sql/sql-draft.ts';
import { Button } from '#components/ui/button.tsx';

export function OpenInConsole({ sql, label = 'Open in the console' }: { sql: string; label?: string }) {
  const router = useRouter();
  const project = useProjectRef();
  const open = () => {
    handToConsole(sql);
    router.push(`/projects/${encodeURIComponent(project ?? '')}/sql`);
  };
  return (
    <Button variant="outline" size="sm" onClick={open}>
      <TerminalIcon /> {label}
    </Button>
  );
}
