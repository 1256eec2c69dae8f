/** A new project. */

import { NewProjectForm } from '#components/projects/new-project-form.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';

export const metadata = { title: 'New project' };

export default function NewProjectPage() {
  return (
    <div className="mx-auto grid w-full max-w-2xl gap-6">
      <PageHeader title="New project" description="A database, its APIs, sign-in, storage and functions: ready in a moment." />
      <NewProjectForm />
    </div>
  );
}
