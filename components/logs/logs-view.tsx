'use client';

/** What an environment was asked, as it comes in, and which requests cost most time. */

import { LockKeyholeIcon } from 'lucide-react';
import { EmptyState } from '#components/feedback/empty-state.tsx';
import { RequestsCard } from '#components/logs/requests-card.tsx';
import { SlowCard } from '#components/logs/slow-card.tsx';
import { may } from '#components/platform/may.ts';
import { EnvironmentPage } from '#components/shell/environment-page.tsx';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '#components/ui/tabs.tsx';

export function LogsView() {
  return (
    <EnvironmentPage
      title="Logs"
      description="Every request of the last 14 days, without its query: filters may hold personal data."
    >
      {({ project, environment }) =>
        may(project.role, 'developer') ? (
          <Tabs key={environment.ref} defaultValue="requests" className="grid grid-cols-[minmax(0,1fr)] gap-5">
            <TabsList className="border-b">
              <TabsTrigger value="requests">Requests</TabsTrigger>
              <TabsTrigger value="slow">What takes long</TabsTrigger>
            </TabsList>
            <TabsContent value="requests">
              <RequestsCard environment={environment.ref} />
            </TabsContent>
            <TabsContent value="slow">
              <SlowCard environment={environment.ref} />
            </TabsContent>
          </Tabs>
        ) : (
          <EmptyState icon={LockKeyholeIcon} title="Needs the role developer">
            Addresses and paths tell about people.
          </EmptyState>
        )
      }
    </EnvironmentPage>
  );
}
