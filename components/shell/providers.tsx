'use client';
/** What every page stands on: theme, data cache, tooltips, toasts. */

import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ThemeProvider } from 'next-themes';
import { type ReactNode, useState } from 'react';
import { PlatformError, toStatus } from '#components/platform/platform-error.ts';
import { Toaster } from '#components/ui/sonner.tsx';
import { TooltipProvider } from '#components/ui/tooltip.tsx';

/** A refusal (4xx) stays a refusal; only an unreachable or broken server is worth asking again. */
function shouldRetry(failures: number, error: unknown): boolean {
  const status = toStatus(error);
  return failures < 2 && (status === 0 || (status !== null && status >= 500));
}

function makeQueryClient(): QueryClient {
  /** The requirement may come while a page is open: then the shell has to know. */
  const onError = (error: unknown) => {
    if (isHeld(error)) void queries.invalidateQueries({ queryKey: ['operator'] });
  };
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: { queries: { staleTime: 10_000, retry: shouldRetry, retryDelay: 600, throwOnError: false } },
  });
  return queries;
}

/** Refused for want of a second factor: nothing but the profile answers until there is one. */
function isHeld(error: unknown): boolean {
  return error instanceof PlatformError && error.status === 403 && error.code === 'second_factor_required';
}

export function Providers({ children }: { children: ReactNode }) {
  const [queries] = useState(makeQueryClient);
  return (
    <ThemeProvider attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange>
      <QueryClientProvider client={queries}>
        <TooltipProvider delayDuration={300}>
          {children}
          <Toaster />
        </TooltipProvider>
      </QueryClientProvider>
    </ThemeProvider>
  );
}
