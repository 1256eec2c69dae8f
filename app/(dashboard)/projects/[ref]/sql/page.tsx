/** SQL against an environment. */

import { SqlView } from '#components/sql/sql-view.tsx';

export const metadata = { title: 'SQL' };

export default function SqlPage() {
  return <SqlView />;
}
