'use client';
/** What every page stands on: theme, data cache, tooltips, toasts. */

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ThemeProvider } from 'next-themes';
import { type ReactNode, useState } from 'react';
import { toStatus } from '#components/platform/platform-error.ts';
import { Toaster } from '#components/ui/sonner.tsx';
import { TooltipProvider } from '#components/ui/tooltip.tsx';

/** A refusal (4xx) stays a refusal; only an unreachable or broken server is worth asking again. */
function shouldRetry(failures: number, error: unknown): boolean {
  const status = toStatus(error);
  return failures < 2 && (status === 0 || (status !== null && status >= 500));
}

function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { staleTime: 10_000, retry: shouldRetry, retryDelay: 600, throwOnError: false } },
  });
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
