'use client';
/** Where the browser is. Null until hydrated, because the prerendered page serves many addresses. */

import { usePathname } from 'next/navigation';
import { useSyncExternalStore } from 'react';

const never = () => () => {};

/** False while prerendering and hydrating, true afterwards. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}

export function useBrowserPath(): string | null {
  const pathname = usePathname();
  return useHydrated() ? pathname : null;
}

/** The origin of this server as the operator reaches it; empty until hydrated. */
export function useOrigin(): string {
  return useHydrated() ? window.location.origin : '';
}

/** `/projects/shop/settings` → `shop`; null on pages of no project. */
export function toProjectRef(path: string): string | null {
  const ref = /^\/projects\/([^/]+)/.exec(path)?.[1];
  return ref === undefined || ref === 'new' || ref === '_' ? null : decodeURIComponent(ref);
}

export function useProjectRef(): string | null {
  const path = useBrowserPath();
  return path === null ? null : toProjectRef(path);
}
