/** The plain page of everything that happens before one is signed in. */

import type { ReactNode } from 'react';
import { Brand } from '#components/shell/brand.tsx';
import { ThemeToggle } from '#components/shell/theme-toggle.tsx';

interface SignInFrameProps {
  title: string;
  description: string;
  children: ReactNode;
}

export function SignInFrame({ title, description, children }: SignInFrameProps) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center justify-end p-3">
        <ThemeToggle />
      </header>
      <main className="mx-auto flex w-full max-w-[22rem] flex-1 flex-col justify-center gap-7 px-5 pb-28">
        <div className="grid gap-5">
          <Brand />
          <div className="grid gap-1">
            <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
            <p className="text-[13px] text-muted-foreground">{description}</p>
          </div>
        </div>
        {children}
      </main>
    </div>
  );
}
