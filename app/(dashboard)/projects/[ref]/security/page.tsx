/** What an environment's tables and policies leave open. */

import { AdvisorView } from '#components/advisor/advisor-view.tsx';

export const metadata = { title: 'Security' };

export default function SecurityPage() {
  return <AdvisorView />;
}
