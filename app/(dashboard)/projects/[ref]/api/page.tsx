/** How to call the tables and functions of an environment. */

import { ApiDocsView } from '#components/api-docs/api-docs-view.tsx';

export const metadata = { title: 'API docs' };

export default function ApiDocsPage() {
  return <ApiDocsView />;
}
