'use client';
/** The sidebar: a column that folds to icons on wide screens, a sheet on small ones. */

import { MenuIcon, PanelLeftCloseIcon, PanelLeftOpenIcon } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { Brand, Mark } from '#components/shell/brand.tsx';
import { Navigation } from '#components/shell/navigation.tsx';
import { useStoredFlag } from '#components/shell/use-stored-flag.ts';
import { Button } from '#components/ui/button.tsx';
import { cn } from '#components/ui/cn.ts';
import { Sheet, SheetContent, SheetDescription, SheetTitle, SheetTrigger } from '#components/ui/sheet.tsx';

export function Sidebar() {
  const [collapsed, setCollapsed] = useStoredFlag('koyalite.sidebar-collapsed');
  const label = collapsed ? 'Expand sidebar' : 'Collapse sidebar';
  return (
    <aside
      aria-label="Sidebar"
      className={cn('sticky top-0 hidden h-dvh shrink-0 flex-col border-r bg-sidebar md:flex', collapsed ? 'w-14' : 'w-56')}
    >
      <div className={cn('flex h-12 shrink-0 items-center border-b px-4', collapsed && 'justify-center px-0')}>
        <Link href="/" aria-label="KoyaLite: all projects" className="flex rounded-md">
          {collapsed ? <Mark /> : <Brand />}
        </Link>
      </div>
      <Navigation collapsed={collapsed} />
      <div className={cn('p-2.5', collapsed && 'grid place-items-center')}>
        <Button
          variant="ghost"
          size="icon"
          aria-label={label}
          aria-expanded={!collapsed}
          onClick={() => setCollapsed(!collapsed)}
        >
          {collapsed ? <PanelLeftOpenIcon /> : <PanelLeftCloseIcon />}
        </Button>
      </div>
    </aside>
  );
}

export function MobileSidebar() {
  const [open, setOpen] = useState(false);
  return (
    <Sheet open={open} onOpenChange={setOpen}>
      <SheetTrigger asChild>
        <Button variant="ghost" size="icon" aria-label="Open navigation" className="md:hidden">
          <MenuIcon />
        </Button>
      </SheetTrigger>
      <SheetContent>
        <SheetTitle className="sr-only">Navigation</SheetTitle>
        <SheetDescription className="sr-only">The pages of this dashboard.</SheetDescription>
        <div className="flex h-12 items-center border-b px-4">
          <Brand />
        </div>
        <Navigation onNavigate={() => setOpen(false)} />
      </SheetContent>
    </Sheet>
  );
}
