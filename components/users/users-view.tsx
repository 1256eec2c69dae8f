'use client';
/** Everyone who signed up with an environment. */

import { EnvironmentPage } from '#components/shell/environment-page.tsx';
import { UsersCard } from '#components/users/users-card.tsx';

export function UsersView() {
  return (
    <EnvironmentPage title="Users" description="Everyone who signed up with this environment.">
      {({ project, environment }) => <UsersCard key={environment.ref} environment={environment.ref} role={project.role} />}
    </EnvironmentPage>
  );
}
