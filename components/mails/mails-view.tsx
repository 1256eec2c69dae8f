'use client';
/** What an environment sent, as an inbox. */

import { MailsCard } from '#components/mails/mails-card.tsx';
import { EnvironmentPage } from '#components/shell/environment-page.tsx';

export function MailsView() {
  return (
    <EnvironmentPage title="Mails" description="What this environment sent. Without a mail server configured, mails stay here.">
      {({ project, environment }) => <MailsCard key={environment.ref} environment={environment.ref} role={project.role} />}
    </EnvironmentPage>
  );
}
