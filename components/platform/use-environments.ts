'use client';
/** The environments of a project: add and remove. */

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { z } from 'zod';
import { toMessage } from '#components/platform/platform-error.ts';
import { request } from '#components/platform/request.ts';
import { environmentSchema, type Project } from '#components/platform/schemas.ts';

export interface NewEnvironment {
  name: string;
  kind: string;
}

export function useCreateEnvironment(ref: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (environment: NewEnvironment) =>
      request('POST', `/projects/${encodeURIComponent(ref)}/environments`, environmentSchema, environment),
    onSuccess: (environment) => {
      queries.setQueryData<Project>(
        ['projects', ref],
        (project) => project && { ...project, environments: [...project.environments, environment] },
      );
      return queries.invalidateQueries({ queryKey: ['projects'] });
    },
  });
}

export function useDeleteEnvironment(ref: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (environment: string) =>
      request('DELETE', `/projects/${encodeURIComponent(ref)}/environments/${encodeURIComponent(environment)}`, z.unknown()),
    onMutate: async (environment) => {
      await queries.cancelQueries({ queryKey: ['projects', ref] });
      const before = queries.getQueryData<Project>(['projects', ref]);
      queries.setQueryData<Project>(
        ['projects', ref],
        (project) =>
          project && { ...project, environments: project.environments.filter((candidate) => candidate.ref !== environment) },
      );
      return { before };
    },
    onError: (error, _environment, context) => {
      queries.setQueryData(['projects', ref], context?.before);
      toast.error(toMessage(error));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['projects'] }),
  });
}
