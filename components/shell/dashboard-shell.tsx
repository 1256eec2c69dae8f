'use client';
/** Sidebar, top bar and page. Without a session it leads to the sign-in page; the API itself guards every answer. */

import { useRouter } from 'next/navigation';
import { type ReactNode, useEffect, useState } from 'react';
import { MustEnroll } from '#components/account/must-enroll.tsx';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { toStatus } from '#components/platform/platform-error.ts';
import { useOperator } from '#components/platform/use-operator.ts';
import { Brand } from '#components/shell/brand.tsx';
import { CommandPalette } from '#components/shell/command-palette.tsx';
import { ImpersonationBanner } from '#components/shell/impersonation-banner.tsx';
import { MobileSidebar, Sidebar } from '#components/shell/sidebar.tsx';
import { ThemeToggle } from '#components/shell/theme-toggle.tsx';
import { Trail } from '#components/shell/trail.tsx';
import { UserMenu } from '#components/shell/user-menu.tsx';

export function DashboardShell({ children }: { children: ReactNode }) {
  const router = useRouter();
  const { data: operator, error, refetch } = useOperator();
  const [enrolling, setEnrolling] = useState(false);
  const signedOut = toStatus(error) === 401;

  useEffect(() => {
    if (!signedOut) return;
    const { pathname, search } = window.location;
    router.replace(pathname === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(pathname + search)}`);
  }, [signedOut, router]);

  // It stays until the operator goes on: the recovery codes are on it.
  if (operator?.must_enroll && !enrolling) setEnrolling(true);
  if (enrolling) {
    return (
      <div className="mx-auto w-full max-w-3xl px-4 pb-8 md:pt-6">
        <header className="flex h-14 items-center justify-between">
          <Brand />
          <UserMenu operator={operator} />
        </header>
        <main id="main" tabIndex={-1} className="pt-6 outline-none md:pt-10">
          <MustEnroll onDone={() => void refetch().then(() => setEnrolling(false))} />
        </main>
      </div>
    );
  }

  return (
    <div className="flex min-h-dvh">
      <a
        href="#main"
        className="sr-only z-60 rounded-md bg-primary px-3 py-1.5 text-[13px] font-medium text-primary-foreground focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <Sidebar />
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="sticky top-0 z-30 flex h-12 shrink-0 items-center gap-2 border-b bg-background/90 px-3 backdrop-blur-sm md:px-5">
          <MobileSidebar />
          <Trail />
          <CommandPalette />
          <ThemeToggle />
          <UserMenu operator={operator} />
        </header>
        <ImpersonationBanner />
        <main
          id="main"
          tabIndex={-1}
          className="mx-auto w-full max-w-6xl flex-1 px-4 py-6 outline-none focus-visible:outline-none md:px-8 md:py-8"
        >
          {error && !operator && !signedOut ? (
            <ErrorPanel isPage title="The server does not answer" error={error} onRetry={() => refetch()} />
          ) : (
            children
          )}
        </main>
      </div>
    </div>
  );
}
