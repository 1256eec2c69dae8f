'use client';
/** One project in the list. */

import { GitBranchIcon } from 'lucide-react';
import Link from 'next/link';
import { DateTime } from '#components/feedback/date-time.tsx';
import { StatusBadge } from '#components/feedback/status-badge.tsx';
import type { Compliance, Project } from '#components/platform/schemas.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

const frame = 'flex min-h-30 flex-col justify-between gap-4 rounded-lg border bg-card p-4 shadow-xs';

/** The compliance modes that are on, in capitals. */
export function toComplianceLabels(compliance: Compliance): string[] {
  return (['hipaa', 'gdpr', 'ccpa'] as const).filter((mode) => compliance[mode]).map((mode) => mode.toUpperCase());
}

export function ProjectCard({ project }: { project: Project }) {
  const count = project.environments.length;
  return (
    <li
      className={`${frame} relative transition-colors focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-ring hover:border-foreground/25`}
    >
      <div className="flex items-start justify-between gap-3">
        <div className="grid min-w-0 gap-0.5">
          <Link
            href={`/projects/${encodeURIComponent(project.ref)}`}
            className="truncate font-medium outline-none after:absolute after:inset-0 focus-visible:outline-none"
          >
            {project.name}
          </Link>
          <span className="flex h-5 min-w-0 items-center gap-1.5">
            <span className="mr-0.5 truncate font-mono text-xs text-muted-foreground">{project.ref}</span>
            {toComplianceLabels(project.compliance).map((label) => (
              <Badge key={label} variant="outline">
                {label}
              </Badge>
            ))}
          </span>
        </div>
        <StatusBadge status={project.status} />
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-xs text-muted-foreground">
        <span className="inline-flex items-center gap-1.5">
          <GitBranchIcon className="size-3.5" aria-hidden="true" />
          {count === 1 ? '1 environment' : `${count} environments`}
        </span>
        <span>
          Created <DateTime iso={project.created_at} />
        </span>
      </div>
    </li>
  );
}

export function ProjectCardSkeleton() {
  return (
    <div className={frame}>
      <div className="flex items-start justify-between">
        <div className="grid gap-2">
          <Skeleton className="h-4 w-32" />
          <Skeleton className="h-3 w-20" />
        </div>
        <Skeleton className="h-5 w-16 rounded-full" />
      </div>
      <Skeleton className="h-3 w-44" />
    </div>
  );
}
