'use client';
/** The statements this operator ran in this tab: they may hold what must not outlive it, so no disk keeps them for long. */

import { useSyncExternalStore } from 'react';
import { z } from 'zod';

const entrySchema = z.object({ query: z.string(), at: z.string(), failed: z.boolean() });
export type HistoryEntry = z.infer<typeof entrySchema>;

const prefix = 'koyalite.sql-history.';
const mostEntries = 50;
const mostText = 20_000;
const none = '[]';
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Storage can be forbidden: then there is no history. */
function read(key: string): string {
  try {
    return window.sessionStorage.getItem(key) ?? none;
  } catch {
    return none;
  }
}

function parse(text: string): HistoryEntry[] {
  try {
    return z.array(entrySchema).parse(JSON.parse(text));
  } catch {
    return [];
  }
}

/** Newest first, per operator and environment. */
export function useSqlHistory(operator: string | undefined, environment: string) {
  const key = `${prefix}${operator ?? ''}.${environment}`;
  const stored = useSyncExternalStore(
    subscribe,
    () => read(key),
    () => none,
  );
  const write = (entries: HistoryEntry[]) => {
    try {
      window.sessionStorage.setItem(key, JSON.stringify(entries));
    } catch {
      return;
    }
    for (const listener of listeners) listener();
  };
  return {
    entries: parse(stored),
    add: (entry: HistoryEntry) => {
      if (entry.query.length > mostText) return;
      const others = parse(read(key)).filter(({ query }) => query !== entry.query);
      write([entry, ...others].slice(0, mostEntries));
    },
    clear: () => write([]),
  };
}

/** Signing out leaves nothing of it. */
export function forgetSqlHistory(): void {
  try {
    for (const key of Object.keys(window.sessionStorage)) if (key.startsWith(prefix)) window.sessionStorage.removeItem(key);
  } catch {
    return;
  }
}
