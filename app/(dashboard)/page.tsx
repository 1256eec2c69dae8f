/** All projects. */

import { ProjectsView } from '#components/projects/projects-view.tsx';

export const metadata = { title: 'Projects' };

export default function ProjectsPage() {
  return <ProjectsView />;
}
