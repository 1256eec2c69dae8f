'use client';
/** Who is signed in, and the ways in and out. */

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';
import { setImpersonation } from '#components/platform/impersonation.ts';
import type { PasskeyAnswer } from '#components/platform/passkey.ts';
import { request } from '#components/platform/request.ts';
import { operatorSchema } from '#components/platform/schemas.ts';
import { forgetSqlHistory } from '#components/sql/use-sql-history.ts';

const profileSchema = z.union([operatorSchema, z.object({ operator: operatorSchema }).transform((answer) => answer.operator)]);

/** The signed-in operator; fails with status 401 when there is none. */
export function useOperator() {
  return useQuery({ queryKey: ['operator'], queryFn: () => request('GET', '/profile', profileSchema), staleTime: 60_000 });
}

export interface Credentials {
  email: string;
  password: string;
  /** Of the authenticator app, or a recovery code. */
  code?: string;
  passkey?: PasskeyAnswer;
}

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (credentials: Credentials) => request('POST', '/sign-in', z.object({ operator: operatorSchema }), credentials),
    // The profile says more than the answer does: whether a second factor has to be set up first.
    onSuccess: () => queries.clear(),
  });
}

/** Leaves by a full page load, so that nothing of the session stays in memory. */
export function useSignOut() {
  return useMutation({
    mutationFn: () => request('POST', '/sign-out', z.unknown()),
    onSettled: () => {
      setImpersonation(null);
      forgetSqlHistory();
      window.location.assign('/sign-in');
    },
  });
}
