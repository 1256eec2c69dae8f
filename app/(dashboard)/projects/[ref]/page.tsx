/** A project's home: how to reach it. */

import { ProjectHome } from '#components/project-home/project-home.tsx';

export const metadata = { title: 'Overview' };

export default function ProjectPage() {
  return <ProjectHome />;
}
