'use client';
/** For an address that names no project of this operator; any other failure is left to the page. */

import { SearchXIcon } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { EmptyState } from '#components/feedback/empty-state.tsx';
import { toStatus } from '#components/platform/platform-error.ts';
import { Button } from '#components/ui/button.tsx';

export function ProjectMissing({ error, fallback }: { error: unknown; fallback: ReactNode }) {
  if (toStatus(error) !== 404) return fallback;
  return (
    <EmptyState
      icon={SearchXIcon}
      title="Project not found"
      isPage
      action={
        <Button asChild variant="outline">
          <Link href="/">All projects</Link>
        </Button>
      }
    >
      It does not exist, or you are not one of its members.
    </EmptyState>
  );
}
