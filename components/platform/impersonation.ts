'use client';
/** The user an operator views an environment as: kept in this tab alone, and forgotten when it ends. */

import { useMutation } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { toast } from 'sonner';
import { z } from 'zod';
import { toMessage } from '#components/platform/platform-error.ts';
import { request } from '#components/platform/request.ts';

const storageKey = 'koyalite.impersonation';
const impersonationSchema = z.object({
  id: z.string(),
  environment: z.string(),
  sub: z.string(),
  label: z.string(),
  reason: z.string(),
  token: z.string(),
  expiresAt: z.string(),
});
export type ActiveImpersonation = z.infer<typeof impersonationSchema>;

const listeners = new Set<() => void>();
let cached: { text: string | null; value: ActiveImpersonation | null } = { text: null, value: null };

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function readText(): string | null {
  try {
    return window.sessionStorage.getItem(storageKey);
  } catch {
    return cached.text;
  }
}

/** The same object as long as nothing changes, as React's external stores must give. */
function read(): ActiveImpersonation | null {
  const text = readText();
  if (text !== cached.text) {
    const parsed = text === null ? null : impersonationSchema.safeParse(toJson(text));
    cached = { text, value: parsed?.success ? parsed.data : null };
  }
  return cached.value;
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Null ends it. */
export function setImpersonation(next: ActiveImpersonation | null): void {
  const text = next === null ? null : JSON.stringify(next);
  cached = { text, value: next };
  try {
    if (text === null) window.sessionStorage.removeItem(storageKey);
    else window.sessionStorage.setItem(storageKey, text);
  } catch {
    // Without storage it lasts until the page is left.
  }
  for (const listener of listeners) listener();
}

/** Null when nobody is impersonated; an expired one is still given, for the banner to say so. */
export function useImpersonation(): ActiveImpersonation | null {
  return useSyncExternalStore(subscribe, read, () => null);
}

/** Whole seconds until it ends; 0 when it has. */
export function toSecondsLeft(impersonation: ActiveImpersonation, now: number): number {
  return Math.max(0, Math.ceil((Date.parse(impersonation.expiresAt) - now) / 1000));
}

export interface ImpersonationRequest {
  sub: string;
  label: string;
  reason: string;
  ttlSeconds: number;
}

const answerSchema = z.object({ id: z.string(), token: z.string(), expires_at: z.string() });

export function useImpersonate(environment: string) {
  return useMutation({
    gcTime: 0,
    mutationFn: async ({ sub, label, reason, ttlSeconds }: ImpersonationRequest) => {
      const path = `/projects/${encodeURIComponent(environment)}/impersonation`;
      const answer = await request('POST', path, answerSchema, { sub, reason, ttl_seconds: ttlSeconds });
      return { id: answer.id, environment, sub, label, reason, token: answer.token, expiresAt: answer.expires_at };
    },
    onSuccess: setImpersonation,
  });
}

/** Ends it on the server first: forgotten here alone, the token would go on working. */
export function useEndImpersonation() {
  return useMutation({
    mutationFn: ({ environment, id }: ActiveImpersonation) =>
      request('DELETE', `/projects/${encodeURIComponent(environment)}/impersonation/${encodeURIComponent(id)}`, z.unknown()),
    onSuccess: () => setImpersonation(null),
    onError: (error) => toast.error(toMessage(error)),
  });
}
