'use client';
/** The breadcrumbs, read from the address. */

import Link from 'next/link';
import { Fragment } from 'react';
import { useProject } from '#components/platform/use-projects.ts';
import { toProjectPlaces } from '#components/shell/navigation.tsx';
import { toProjectRef, useBrowserPath } from '#components/shell/use-location.ts';
import {
  Breadcrumb,
  BreadcrumbItem,
  BreadcrumbLink,
  BreadcrumbList,
  BreadcrumbPage,
  BreadcrumbSeparator,
} from '#components/ui/breadcrumb.tsx';

interface Crumb {
  title: string;
  href: string;
}

/** An address → the steps that lead to it; the last is the page itself. */
export function toCrumbs(path: string, projectName: string | undefined): Crumb[] {
  if (path === '/platform') return [{ title: 'Platform', href: path }];
  if (path === '/account') return [{ title: 'Account', href: path }];
  const crumbs: Crumb[] = [{ title: 'Projects', href: '/' }];
  const ref = toProjectRef(path);
  if (path === '/projects/new') crumbs.push({ title: 'New', href: path });
  if (ref === null) return crumbs;
  const [home, ...pages] = toProjectPlaces(ref);
  if (home) crumbs.push({ title: projectName ?? ref, href: home.href });
  const page = pages.find((place) => place.href === path);
  if (page) crumbs.push(page);
  return crumbs;
}

export function Trail() {
  const path = useBrowserPath();
  const { data: project } = useProject(path === null ? null : toProjectRef(path));
  const crumbs = path === null ? [] : toCrumbs(path, project?.name);
  return (
    <Breadcrumb className="min-w-0 flex-1">
      <BreadcrumbList>
        {crumbs.map((crumb, index) => (
          <Fragment key={crumb.href}>
            <BreadcrumbItem className={index === 0 && crumbs.length > 2 ? 'max-sm:hidden' : ''}>
              {index > 0 ? <BreadcrumbSeparator className={index === 1 && crumbs.length > 2 ? 'max-sm:hidden' : ''} /> : null}
              {index === crumbs.length - 1 ? (
                <BreadcrumbPage>{crumb.title}</BreadcrumbPage>
              ) : (
                <BreadcrumbLink asChild>
                  <Link href={crumb.href}>{crumb.title}</Link>
                </BreadcrumbLink>
              )}
            </BreadcrumbItem>
          </Fragment>
        ))}
      </BreadcrumbList>
    </Breadcrumb>
  );
}
