'use client';
/** A console: SQL as the operator, or as one of those whom policies hold. */

import { EnvironmentPage } from '#components/shell/environment-page.tsx';
import { SqlConsole } from '#components/sql/sql-console.tsx';

export function SqlView() {
  return (
    <EnvironmentPage title="SQL" description="KoyaLite SQL; all statements run in one transaction.">
      {({ environment, project }) => <SqlConsole key={environment.ref} environment={environment.ref} role={project.role} />}
    </EnvironmentPage>
  );
}
