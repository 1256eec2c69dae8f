'use client';
/** All projects of the operator, with a search. */

import { BoxesIcon, PlusIcon, SearchIcon } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { EmptyState } from '#components/feedback/empty-state.tsx';
import { ErrorPanel } from '#components/feedback/error-panel.tsx';
import type { Project } from '#components/platform/schemas.ts';
import { useProjects } from '#components/platform/use-projects.ts';
import { ProjectCard, ProjectCardSkeleton } from '#components/projects/project-card.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { Button } from '#components/ui/button.tsx';
import { Input } from '#components/ui/input.tsx';

const skeletons = ['a', 'b', 'c'];

function NewProjectButton() {
  return (
    <Button asChild>
      <Link href="/projects/new">
        <PlusIcon /> New project
      </Link>
    </Button>
  );
}

/** Those whose name, ref or environment contains the words, whatever their case. */
export function toMatches(projects: Project[], search: string): Project[] {
  const wanted = search.trim().toLowerCase();
  return projects.filter((project) =>
    [project.name, project.ref, ...project.environments.map((environment) => environment.ref)].some((text) =>
      text.toLowerCase().includes(wanted),
    ),
  );
}

export function ProjectsView() {
  const [search, setSearch] = useState('');
  const { data: projects, error, refetch } = useProjects();
  const matches = projects ? toMatches(projects, search) : [];
  return (
    <div className="grid gap-6">
      <PageHeader title="Projects" wide>
        {projects?.length ? (
          <div className="relative max-sm:flex-1">
            <SearchIcon className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted-foreground" />
            <Input
              type="search"
              aria-label="Search projects"
              placeholder="Search projects"
              className="pl-8 sm:w-56"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
            />
          </div>
        ) : null}
        <NewProjectButton />
      </PageHeader>
      {error && !projects ? (
        <ErrorPanel title="The projects could not be loaded" error={error} onRetry={() => refetch()} />
      ) : null}
      {!projects && !error ? (
        <div role="status" className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
          <span className="sr-only">Loading projects</span>
          {skeletons.map((key) => (
            <ProjectCardSkeleton key={key} />
          ))}
        </div>
      ) : null}
      {projects?.length === 0 ? (
        <EmptyState icon={BoxesIcon} title="No projects yet" action={<NewProjectButton />}>
          A project holds a database with its APIs, sign-in, storage and functions. Create the first one to begin.
        </EmptyState>
      ) : null}
      {projects?.length && matches.length === 0 ? (
        <EmptyState
          icon={SearchIcon}
          title="No project matches"
          action={
            <Button variant="outline" onClick={() => setSearch('')}>
              Clear the search
            </Button>
          }
        >
          Nothing is called “{search.trim()}”.
        </EmptyState>
      ) : null}
      {matches.length > 0 ? (
        <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3" aria-label="Projects">
          {matches.map((project) => (
            <ProjectCard key={project.ref} project={project} />
          ))}
        </ul>
      ) : null}
    </div>
  );
}
