/** The page for an address nothing lives at. */

import Link from 'next/link';
import { Brand } from '#components/shell/brand.tsx';
import { Button } from '#components/ui/button.tsx';

export const metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-content-center justify-items-center gap-3 p-6 text-center">
      <Brand className="mb-4" />
      <p className="font-mono text-xs text-muted-foreground">404</p>
      <h1 className="text-lg font-semibold">There is no page here</h1>
      <p className="max-w-sm text-[13px] text-balance text-muted-foreground">
        The address may be misspelled, or what it named has been removed.
      </p>
      <Button asChild className="mt-3">
        <Link href="/">Back to projects</Link>
      </Button>
    </main>
  );
}
