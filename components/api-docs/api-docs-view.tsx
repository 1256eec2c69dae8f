'use client';
/** How to call an environment's tables and functions, from what its API says about itself. */

import { ApiDocs } from '#components/api-docs/api-docs.tsx';
import { EnvironmentPage } from '#components/shell/environment-page.tsx';

export function ApiDocsView() {
  return (
    <EnvironmentPage title="API docs" description="What an app may call here, with the real address and key.">
      {({ environment }) => <ApiDocs key={environment.ref} environment={environment.ref} />}
    </EnvironmentPage>
  );
}
