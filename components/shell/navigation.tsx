'use client';
/** The links of the sidebar: those of the server, then those of the project at hand. */

import {
  AppWindowIcon,
  BookOpenIcon,
  BoxesIcon,
  HouseIcon,
  IdCardIcon,
  ListIcon,
  LockKeyholeIcon,
  type LucideIcon,
  MailIcon,
  ScrollTextIcon,
  ServerCogIcon,
  SettingsIcon,
  ShieldCheckIcon,
  ShieldIcon,
  TerminalIcon,
  UserCogIcon,
  UsersIcon,
} from 'lucide-react';
import Link from 'next/link';
import { Suspense } from 'react';
import { AdviceBadge } from '#components/advisor/advice-badge.tsx';
import { useOperator } from '#components/platform/use-operator.ts';
import { useProject } from '#components/platform/use-projects.ts';
import { useBrowserPath, useProjectRef } from '#components/shell/use-location.ts';
import { cn } from '#components/ui/cn.ts';
import { Tooltip, TooltipContent, TooltipTrigger } from '#components/ui/tooltip.tsx';

export interface Place {
  title: string;
  href: string;
  icon: LucideIcon;
  /** Whether a count of what asks for attention stands beside it. */
  hasBadge?: boolean;
}

/** The pages of one project, in the sidebar's order. */
export function toProjectPlaces(ref: string): Place[] {
  const base = `/projects/${encodeURIComponent(ref)}`;
  return [
    { title: 'Overview', href: base, icon: HouseIcon },
    { title: 'SQL', href: `${base}/sql`, icon: TerminalIcon },
    { title: 'Policies', href: `${base}/policies`, icon: ShieldIcon },
    { title: 'API docs', href: `${base}/api`, icon: BookOpenIcon },
    { title: 'Users', href: `${base}/users`, icon: UsersIcon },
    { title: 'Roles', href: `${base}/roles`, icon: IdCardIcon },
    { title: 'Mails', href: `${base}/mails`, icon: MailIcon },
    { title: 'Auth', href: `${base}/auth`, icon: LockKeyholeIcon },
    { title: 'OAuth apps', href: `${base}/oauth-apps`, icon: AppWindowIcon },
    { title: 'Logs', href: `${base}/logs`, icon: ListIcon },
    { title: 'Security', href: `${base}/security`, icon: ShieldCheckIcon, hasBadge: true },
    { title: 'Members', href: `${base}/members`, icon: UserCogIcon },
    { title: 'Settings', href: `${base}/settings`, icon: SettingsIcon },
    { title: 'Audit log', href: `${base}/audit`, icon: ScrollTextIcon },
  ];
}

interface NavigationProps {
  collapsed?: boolean;
  onNavigate?: () => void;
}

export function Navigation({ collapsed = false, onNavigate }: NavigationProps) {
  const path = useBrowserPath();
  const ref = useProjectRef();
  const { data: project } = useProject(ref);
  const { data: operator } = useOperator();
  const link = (place: Place) => (
    <NavigationLink key={place.href} place={place} current={path === place.href} collapsed={collapsed} onNavigate={onNavigate} />
  );
  return (
    <nav aria-label="Main" className="flex flex-1 flex-col gap-5 overflow-y-auto p-2.5">
      <ul className="grid gap-0.5">
        {link({ title: 'Projects', href: '/', icon: BoxesIcon })}
        {operator?.platform_role === 'owner' ? link({ title: 'Platform', href: '/platform', icon: ServerCogIcon }) : null}
      </ul>
      {ref === null ? null : (
        <div className="grid gap-1">
          {collapsed ? (
            <hr className="mx-2" />
          ) : (
            <p className="truncate px-2 pb-1 text-xs font-medium text-muted-foreground">{project?.name ?? ref}</p>
          )}
          <ul className="grid gap-0.5">{toProjectPlaces(ref).map(link)}</ul>
        </div>
      )}
    </nav>
  );
}

interface NavigationLinkProps {
  place: Place;
  current: boolean;
  collapsed: boolean;
  onNavigate: (() => void) | undefined;
}

function NavigationLink({ place, current, collapsed, onNavigate }: NavigationLinkProps) {
  const Icon = place.icon;
  const anchor = (
    <Link
      href={place.href}
      {...(onNavigate ? { onClick: onNavigate } : {})}
      aria-current={current ? 'page' : undefined}
      className={cn(
        'flex h-8 items-center gap-2.5 rounded-md px-2 text-[13px] font-medium text-muted-foreground transition-colors hover:bg-accent hover:text-foreground max-md:h-10',
        current && 'bg-accent text-foreground',
        collapsed && 'relative justify-center px-0',
      )}
    >
      <Icon className={cn('size-4 shrink-0', current && 'text-primary')} aria-hidden="true" />
      <span className={collapsed ? 'sr-only' : 'truncate'}>{place.title}</span>
      {place.hasBadge ? (
        <Suspense>
          <AdviceBadge collapsed={collapsed} />
        </Suspense>
      ) : null}
    </Link>
  );
  if (!collapsed) return <li>{anchor}</li>;
  return (
    <li>
      <Tooltip>
        <TooltipTrigger asChild>{anchor}</TooltipTrigger>
        <TooltipContent side="right">{place.title}</TooltipContent>
      </Tooltip>
    </li>
  );
}
