'use client';
/** How much of the security advice asks for attention, beside its link in the sidebar. */

import { toUrgent, useAdvice } from '#components/platform/use-advice.ts';
import { useProject } from '#components/platform/use-projects.ts';
import { useCurrentEnvironment } from '#components/project-home/use-current-environment.ts';
import { useProjectRef } from '#components/shell/use-location.ts';
import { cn } from '#components/ui/cn.ts';

export function AdviceBadge({ collapsed }: { collapsed: boolean }) {
  const { data: project } = useProject(useProjectRef());
  const { environment } = useCurrentEnvironment(project);
  const { data: advice } = useAdvice(environment?.status === 'active' ? environment.ref : null);
  const urgent = toUrgent(advice ?? []);
  if (urgent.length === 0) return null;
  const grave = urgent.some(({ level }) => level === 'error');
  return (
    <span
      className={cn(
        'ml-auto min-w-5 rounded-full px-1.5 text-center text-[11px] leading-4.5 font-medium tabular-nums',
        grave ? 'bg-destructive/10 text-destructive' : 'bg-warning/10 text-warning',
        collapsed && 'absolute -top-0.5 right-0 ml-0',
      )}
    >
      {urgent.length > 99 ? '99+' : urgent.length}
      <span className="sr-only"> to look at</span>
    </span>
  );
}
