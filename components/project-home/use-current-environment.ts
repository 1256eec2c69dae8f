'use client';
/** Which environment of the project the page is about: the one the address names, else the one last chosen, else production. */

import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useEffect } from 'react';
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

const storageKey = (project: string) => `koyalite.environment.${project}`;

/** Storage can be forbidden: then each page starts at production. */
function recall(project: string): string | null {
  try {
    return window.sessionStorage.getItem(storageKey(project));
  } catch {
    return null;
  }
}

function keep(project: string, environment: string): void {
  try {
    window.sessionStorage.setItem(storageKey(project), environment);
  } catch {
    return;
  }
}

export function useCurrentEnvironment(project: Project | undefined): CurrentEnvironment {
  const router = useRouter();
  const path = usePathname();
  const wanted = useSearchParams().get('environment');
  const own = project?.ref;
  useEffect(() => {
    if (own !== undefined && wanted !== null) keep(own, wanted);
  }, [own, wanted]);
  return {
    environment: project ? findEnvironment(project, wanted ?? recall(project.ref)) : null,
    select: (ref) => {
      if (own !== undefined) keep(own, ref);
      router.replace(ref === own ? path : `${path}?environment=${encodeURIComponent(ref)}`, { scroll: false });
    },
  };
}
