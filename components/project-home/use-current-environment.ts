'use client';
/** Which environment of the project the page is about: the one the address names, else production. */

import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import type { Environment, Project } from '#components/platform/schemas.ts';

export interface CurrentEnvironment {
  environment: Environment | null;
  select: (ref: string) => void;
}

/** The named environment if the project has it, else the one that shares the project's ref, else the first. */
export function findEnvironment(project: Project, wanted: string | null): Environment | null {
  const { environments } = project;
  return (
    environments.find((environment) => environment.ref === wanted) ??
    environments.find((environment) => environment.ref === project.ref) ??
    environments[0] ??
    null
  );
}

export function useCurrentEnvironment(project: Project | undefined): CurrentEnvironment {
  const router = useRouter();
  const path = usePathname();
  const wanted = useSearchParams().get('environment');
  return {
    environment: project ? findEnvironment(project, wanted) : null,
    select: (ref) =>
      router.replace(ref === project?.ref ? path : `${path}?environment=${encodeURIComponent(ref)}`, { scroll: false }),
  };
}
