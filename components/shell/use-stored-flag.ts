'use client';
/** A yes or no kept in this browser. */

import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Storage can be forbidden (private windows, policies): then the flag is simply not kept. */
function read(key: string): boolean {
  try {
    return window.localStorage.getItem(key) === 'true';
  } catch {
    return false;
  }
}

export function useStoredFlag(key: string): [boolean, (value: boolean) => void] {
  const value = useSyncExternalStore(
    subscribe,
    () => read(key),
    () => false,
  );
  const store = (next: boolean) => {
    try {
      window.localStorage.setItem(key, String(next));
    } catch {
      return;
    }
    for (const listener of listeners) listener();
  };
  return [value, store];
}
