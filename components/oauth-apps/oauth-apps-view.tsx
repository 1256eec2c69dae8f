'use client';
/** “Sign in with your app”: the environment's OAuth server and the apps that use it. */

import { ClientsCard } from '#components/oauth-apps/clients-card.tsx';
import { OAuthServerCard } from '#components/oauth-apps/oauth-server-card.tsx';
import { EnvironmentPage } from '#components/shell/environment-page.tsx';

export function OAuthAppsView() {
  return (
    <EnvironmentPage
      narrow
      title="OAuth apps"
      description="Other apps, and AI assistants, sign users in with their accounts here. Your policies decide what they reach."
    >
      {({ project, environment }) => (
        <div key={environment.ref} className="grid grid-cols-[minmax(0,1fr)] gap-6">
          <OAuthServerCard environment={environment.ref} role={project.role} />
          <ClientsCard environment={environment.ref} role={project.role} />
        </div>
      )}
    </EnvironmentPage>
  );
}
