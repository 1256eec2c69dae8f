'use client';
/** ⌘K: go anywhere, do anything, without the mouse. */

import {
  BoxesIcon,
  CircleUserIcon,
  DatabaseIcon,
  LogOutIcon,
  PlusIcon,
  SearchIcon,
  ServerCogIcon,
  SunMoonIcon,
} from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useOperator, useSignOut } from '#components/platform/use-operator.ts';
import { useProjects } from '#components/platform/use-projects.ts';
import { toProjectPlaces } from '#components/shell/navigation.tsx';
import { useToggleTheme } from '#components/shell/theme-toggle.tsx';
import { useHydrated, useProjectRef } from '#components/shell/use-location.ts';
import { Button } from '#components/ui/button.tsx';
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from '#components/ui/command.tsx';
import { Dialog, DialogContent, DialogDescription, DialogTitle, DialogTrigger } from '#components/ui/dialog.tsx';

function useShortcut(toggle: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      toggle();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [toggle]);
}

/** A page that was opened meanwhile has put the focus where it wants it: closing must not take it back. */
function keepFocus(event: Event): void {
  const { activeElement: focused, body } = document;
  const isInside = event.target instanceof Node && event.target.contains(focused);
  if (focused !== body && !isInside) event.preventDefault();
}

export function CommandPalette() {
  const [open, setOpen] = useState(false);
  const [toggle] = useState(() => () => setOpen((value) => !value));
  useShortcut(toggle);
  const keys = useHydrated() && /mac|iphone|ipad/i.test(navigator.userAgent) ? '⌘K' : 'Ctrl K';
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>
        <Button
          variant="outline"
          className="w-8 justify-start px-2 max-sm:w-9 max-sm:px-2.5 font-normal text-muted-foreground lg:w-52"
        >
          <SearchIcon />
          <span className="sr-only flex-1 text-left lg:not-sr-only">Search…</span>
          <kbd className="hidden rounded border bg-muted px-1 font-mono text-[11px] leading-4 lg:inline">{keys}</kbd>
        </Button>
      </DialogTrigger>
      <DialogContent showCloseButton={false} onCloseAutoFocus={keepFocus} className="max-w-xl gap-0 overflow-hidden p-0">
        <DialogTitle className="sr-only">Command palette</DialogTitle>
        <DialogDescription className="sr-only">Type to find a project or a command.</DialogDescription>
        <Commands onDone={() => setOpen(false)} />
      </DialogContent>
    </Dialog>
  );
}

function Commands({ onDone }: { onDone: () => void }) {
  const router = useRouter();
  const ref = useProjectRef();
  const { data: projects } = useProjects();
  const toggleTheme = useToggleTheme();
  const signOut = useSignOut();
  const { data: operator } = useOperator();
  const run = (action: () => void) => () => {
    onDone();
    action();
  };
  const go = (href: string) => run(() => router.push(href));
  return (
    <Command label="Commands">
      <CommandInput placeholder="Type a project or a command…" />
      <CommandList>
        <CommandEmpty>Nothing matches.</CommandEmpty>
        {ref === null ? null : (
          <CommandGroup heading="This project">
            {toProjectPlaces(ref).map((place) => (
              <CommandItem key={place.href} value={`this ${place.title}`} onSelect={go(place.href)}>
                <place.icon /> {place.title}
              </CommandItem>
            ))}
          </CommandGroup>
        )}
        {projects?.length ? (
          <CommandGroup heading="Projects">
            {projects.map((project) => (
              <CommandItem
                key={project.ref}
                value={`${project.name} ${project.ref}`}
                onSelect={go(`/projects/${encodeURIComponent(project.ref)}`)}
              >
                <DatabaseIcon /> {project.name}
                <span className="ml-auto font-mono text-xs text-muted-foreground">{project.ref}</span>
              </CommandItem>
            ))}
          </CommandGroup>
        ) : null}
        <CommandGroup heading="Commands">
          <CommandItem onSelect={go('/')}>
            <BoxesIcon /> All projects
          </CommandItem>
          <CommandItem onSelect={go('/projects/new')}>
            <PlusIcon /> Create project
          </CommandItem>
          {operator?.platform_role === 'owner' ? (
            <CommandItem onSelect={go('/platform')}>
              <ServerCogIcon /> Platform
            </CommandItem>
          ) : null}
          <CommandItem onSelect={go('/account')}>
            <CircleUserIcon /> Account
          </CommandItem>
          <CommandItem onSelect={run(toggleTheme)}>
            <SunMoonIcon /> Toggle theme
          </CommandItem>
          <CommandItem onSelect={run(() => signOut.mutate())}>
            <LogOutIcon /> Sign out
          </CommandItem>
        </CommandGroup>
      </CommandList>
    </Command>
  );
}
