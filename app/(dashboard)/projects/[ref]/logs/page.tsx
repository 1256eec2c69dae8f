/** What an environment was asked, and what took long. */

import { LogsView } from '#components/logs/logs-view.tsx';

export const metadata = { title: 'Logs' };

export default function LogsPage() {
  return <LogsView />;
}
