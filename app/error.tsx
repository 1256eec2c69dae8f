'use client';
/** What a page shows when it breaks while rendering. */

import { ErrorPanel } from '#components/feedback/error-panel.tsx';

export default function PageError({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <main className="grid min-h-dvh place-content-center p-6">
      <ErrorPanel isPage title="This page broke" error={error} onRetry={reset} />
    </main>
  );
}
