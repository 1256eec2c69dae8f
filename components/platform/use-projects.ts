'use client';
/** Projects: read, make, change, remove. Changes show at once and are taken back when the server refuses. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { z } from 'zod';
import { toMessage } from '#components/platform/platform-error.ts';
import { request } from '#components/platform/request.ts';
import { type Compliance, type Project, projectSchema } from '#components/platform/schemas.ts';

const listKey = ['projects'];
const itemKey = (ref: string) => ['projects', ref];
const path = (ref: string) => `/projects/${encodeURIComponent(ref)}`;

/** Asked again soon while something is on its way to another state. */
function toRefetchInterval(projects: Project[] | undefined): number | false {
  const isPassing = (status: string) => status === 'provisioning' || status === 'deleting';
  const passing = projects?.some(({ status, environments }) =>
    [status, ...environments.map((one) => one.status)].some(isPassing),
  );
  return passing ? 2000 : false;
}

export function useProjects() {
  return useQuery({
    queryKey: listKey,
    queryFn: () => request('GET', '/projects', z.array(projectSchema)),
    refetchInterval: (query) => toRefetchInterval(query.state.data),
  });
}

/** Waits while the ref is not known yet; shows the list's copy until its own arrives. */
export function useProject(ref: string | null) {
  const queries = useQueryClient();
  return useQuery({
    queryKey: itemKey(ref ?? ''),
    queryFn: () => request('GET', path(ref ?? ''), projectSchema),
    enabled: ref !== null,
    refetchInterval: (query) => toRefetchInterval(query.state.data && [query.state.data]),
    placeholderData: () => queries.getQueryData<Project[]>(listKey)?.find((project) => project.ref === ref),
  });
}

export interface NewProject {
  name: string;
  ref?: string;
  compliance: Compliance;
}

export function useCreateProject() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (project: NewProject) => request('POST', '/projects', projectSchema, project),
    onSuccess: (project) => {
      queries.setQueryData(itemKey(project.ref), project);
      queries.setQueryData<Project[]>(listKey, (projects) => projects && [project, ...projects]);
      return queries.invalidateQueries({ queryKey: listKey, exact: true });
    },
  });
}

type Change = { kind: 'update'; name?: string; compliance?: Compliance } | { kind: 'pause' } | { kind: 'restore' };

function apply(project: Project, change: Change): Project {
  if (change.kind === 'pause') return { ...project, status: 'paused' };
  if (change.kind === 'restore') return { ...project, status: 'active' };
  const { kind: _, ...fields } = change;
  return { ...project, ...fields };
}

function send(ref: string, change: Change): Promise<unknown> {
  if (change.kind !== 'update') return request('POST', `${path(ref)}/${change.kind}`, z.unknown());
  const { kind: _, ...fields } = change;
  return request('PATCH', path(ref), z.unknown(), fields);
}

export function useChangeProject(ref: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: Change) => send(ref, change),
    onMutate: async (change) => {
      await queries.cancelQueries({ queryKey: listKey });
      const item = queries.getQueryData<Project>(itemKey(ref));
      const list = queries.getQueryData<Project[]>(listKey);
      queries.setQueryData<Project>(itemKey(ref), (project) => project && apply(project, change));
      queries.setQueryData<Project[]>(listKey, (projects) =>
        projects?.map((project) => (project.ref === ref ? apply(project, change) : project)),
      );
      return { item, list };
    },
    onError: (error, _change, before) => {
      queries.setQueryData(itemKey(ref), before?.item);
      queries.setQueryData(listKey, before?.list);
      toast.error(toMessage(error));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: listKey }),
  });
}

export function useDeleteProject(ref: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => request('DELETE', path(ref), z.unknown()),
    onSuccess: () => {
      queries.setQueryData<Project[]>(listKey, (projects) => projects?.filter((project) => project.ref !== ref));
      queries.removeQueries({ queryKey: itemKey(ref) });
    },
    onError: (error) => toast.error(toMessage(error)),
  });
}
