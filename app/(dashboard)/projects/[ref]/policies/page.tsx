/** Row-level security: which rows whom, and a trial of it. */

import { PoliciesView } from '#components/policies/policies-view.tsx';

export const metadata = { title: 'Policies' };

export default function PoliciesPage() {
  return <PoliciesView />;
}
