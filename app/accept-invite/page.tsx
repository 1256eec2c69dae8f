/** Where the link of an invitation leads. */

import { AcceptInviteForm } from '#components/members/accept-invite-form.tsx';
import { Brand } from '#components/shell/brand.tsx';
import { ThemeToggle } from '#components/shell/theme-toggle.tsx';

export const metadata = { title: 'Accept an invitation', referrer: 'no-referrer' as const };

export default function AcceptInvitePage() {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center justify-end p-3">
        <ThemeToggle />
      </header>
      <main className="mx-auto flex w-full max-w-[22rem] flex-1 flex-col justify-center gap-7 px-5 pb-28">
        <div className="grid gap-5">
          <Brand />
          <div className="grid gap-1">
            <h1 className="text-xl font-semibold tracking-tight">You are invited</h1>
            <p className="text-[13px] text-muted-foreground">
              Choose a name and a password. If you have an account here already, enter its password.
            </p>
          </div>
        </div>
        <AcceptInviteForm />
      </main>
    </div>
  );
}
