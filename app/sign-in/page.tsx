/** The way in. */

import { Suspense } from 'react';
import { Brand } from '#components/shell/brand.tsx';
import { ThemeToggle } from '#components/shell/theme-toggle.tsx';
import { SignInForm } from '#components/sign-in/sign-in-form.tsx';

export const metadata = { title: 'Sign in' };

export default function SignInPage() {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center justify-end p-3">
        <ThemeToggle />
      </header>
      <main className="mx-auto flex w-full max-w-[22rem] flex-1 flex-col justify-center gap-7 px-5 pb-28">
        <div className="grid gap-5">
          <Brand />
          <div className="grid gap-1">
            <h1 className="text-xl font-semibold tracking-tight">Sign in</h1>
            <p className="text-[13px] text-muted-foreground">Manage the projects on this server.</p>
          </div>
        </div>
        <Suspense>
          <SignInForm />
        </Suspense>
      </main>
    </div>
  );
}
