/** What was done to a project. */

import { AuditView } from '#components/audit/audit-view.tsx';

export const metadata = { title: 'Audit log' };

export default function AuditPage() {
  return <AuditView />;
}
