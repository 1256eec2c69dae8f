'use client';
/** Roles and permissions an app defines: the matrix of both, who has what, and the policy that asks for it. */

import { RolesCard } from '#components/roles/roles-card.tsx';
import { EnvironmentPage } from '#components/shell/environment-page.tsx';

export function RolesView() {
  return (
    <EnvironmentPage
      title="Roles"
      description="What your app calls its roles and what each may do. A user’s next token carries them, and policies ask for them."
    >
      {({ project, environment }) => <RolesCard key={environment.ref} environment={environment.ref} role={project.role} />}
    </EnvironmentPage>
  );
}
