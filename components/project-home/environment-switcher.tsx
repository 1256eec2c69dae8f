'use client';
/** Turns the page to another environment of the project. */

import { ChevronsUpDownIcon, GitBranchIcon } from 'lucide-react';
import type { Environment } from '#components/platform/schemas.ts';
import { Button } from '#components/ui/button.tsx';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuTrigger,
} from '#components/ui/dropdown-menu.tsx';

interface EnvironmentSwitcherProps {
  environments: Environment[];
  current: Environment;
  onSelect: (ref: string) => void;
}

export function EnvironmentSwitcher({ environments, current, onSelect }: EnvironmentSwitcherProps) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="outline" aria-label={`Environment: ${current.name}`}>
          <GitBranchIcon className="text-muted-foreground" />
          {current.name}
          <ChevronsUpDownIcon className="size-3.5 text-muted-foreground" />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end" className="min-w-60">
        <DropdownMenuLabel className="text-muted-foreground">Environments</DropdownMenuLabel>
        <DropdownMenuRadioGroup value={current.ref} onValueChange={onSelect}>
          {environments.map((environment) => (
            <DropdownMenuRadioItem key={environment.ref} value={environment.ref}>
              <span className="grid min-w-0">
                <span className="truncate">{environment.name}</span>
                <span className="truncate font-mono text-xs text-muted-foreground">{environment.ref}</span>
              </span>
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
