'use client';
/** What a dashboard page shows, inside the shell, when it breaks while rendering. */

import { ErrorPanel } from '#components/feedback/error-panel.tsx';

export default function DashboardError({ error, reset }: { error: Error; reset: () => void }) {
  return <ErrorPanel isPage title="This page broke" error={error} onRetry={reset} />;
}
