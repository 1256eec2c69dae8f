'use client';
/** The compliance modes of a project; each change is saved at once. */

import { ComplianceSwitches } from '#components/form/compliance-switches.tsx';
import type { Project } from '#components/platform/schemas.ts';
import { useChangeProject } from '#components/platform/use-projects.ts';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '#components/ui/card.tsx';

export function ComplianceCard({ project, canManage }: { project: Project; canManage: boolean }) {
  const change = useChangeProject(project.ref);
  return (
    <Card aria-label="Compliance">
      <CardHeader>
        <div className="grid gap-0.5">
          <CardTitle>Compliance</CardTitle>
          <CardDescription>A mode is refused while the project does not yet meet its rules.</CardDescription>
        </div>
      </CardHeader>
      <CardContent>
        <ComplianceSwitches
          value={project.compliance}
          onChange={(compliance) => change.mutate({ kind: 'update', compliance })}
          disabled={!canManage}
        />
      </CardContent>
    </Card>
  );
}
