/** The shell around every page of a signed-in operator. */

import type { ReactNode } from 'react';
import { DashboardShell } from '#components/shell/dashboard-shell.tsx';

export default function DashboardLayout({ children }: { children: ReactNode }) {
  return <DashboardShell>{children}</DashboardShell>;
}
