'use client';
/** Who may reach which rows: the policies of each table, and a trial of what they let somebody reach. */

import { useState } from 'react';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import { may } from '#components/platform/may.ts';
import { usePolicies } from '#components/platform/use-policies.ts';
import { PolicyTables } from '#components/policies/policy-tables.tsx';
import { PolicyTester } from '#components/policies/policy-tester.tsx';
import { EnvironmentPage } from '#components/shell/environment-page.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '#components/ui/tabs.tsx';

export function PoliciesView() {
  return (
    <EnvironmentPage title="Policies" description="Which rows whoever calls the APIs may see and write. Without a policy: none.">
      {({ project, environment }) => (
        <Policies key={environment.ref} environment={environment.ref} canChange={may(project.role, 'developer')} />
      )}
    </EnvironmentPage>
  );
}

function Policies({ environment, canChange }: { environment: string; canChange: boolean }) {
  const { data, error, refetch } = usePolicies(environment);
  const [tab, setTab] = useState('tables');
  const [tried, setTried] = useState<string | null>(null);
  if (error && !data) return <ErrorPanel title="The policies could not be loaded" error={error} onRetry={() => refetch()} />;
  if (!data) {
    return (
      <div role="status" className="grid gap-4">
        <span className="sr-only">Loading the policies</span>
        <Skeleton className="h-32" />
        <Skeleton className="h-32" />
      </div>
    );
  }
  const attempt = (table: string) => {
    setTried(table);
    setTab('try');
  };
  return (
    <Tabs value={tab} onValueChange={setTab} className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <TabsList className="border-b">
        <TabsTrigger value="tables">Tables</TabsTrigger>
        <TabsTrigger value="try">Try them</TabsTrigger>
      </TabsList>
      <TabsContent value="tables">
        <PolicyTables environment={environment} overview={data} canChange={canChange} onTry={attempt} />
      </TabsContent>
      <TabsContent value="try">
        <PolicyTester key={tried} environment={environment} tables={data.tables} first={tried} canTry={canChange} />
      </TabsContent>
    </Tabs>
  );
}
