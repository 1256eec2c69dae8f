/** The trail from the top to the page at hand. */

import { Slot } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from '#components/ui/cn.ts';

function Breadcrumb(props: ComponentProps<'nav'>) {
  return <nav aria-label="Breadcrumb" data-slot="breadcrumb" {...props} />;
}

function BreadcrumbList({ className, ...props }: ComponentProps<'ol'>) {
  return <ol data-slot="breadcrumb-list" className={cn('flex min-w-0 items-center gap-1.5 text-[13px]', className)} {...props} />;
}

function BreadcrumbItem({ className, ...props }: ComponentProps<'li'>) {
  return <li data-slot="breadcrumb-item" className={cn('flex min-w-0 items-center gap-1.5', className)} {...props} />;
}

function BreadcrumbLink({ className, asChild, ...props }: ComponentProps<'a'> & { asChild?: boolean }) {
  const Component = asChild ? Slot.Root : 'a';
  return (
    <Component
      data-slot="breadcrumb-link"
      className={cn('truncate rounded-sm text-muted-foreground transition-colors hover:text-foreground', className)}
      {...props}
    />
  );
}

function BreadcrumbPage({ className, ...props }: ComponentProps<'span'>) {
  return <span aria-current="page" data-slot="breadcrumb-page" className={cn('truncate font-medium', className)} {...props} />;
}

function BreadcrumbSeparator({ className, ...props }: ComponentProps<'span'>) {
  return (
    <span aria-hidden="true" className={cn('text-muted-foreground/60 select-none', className)} {...props}>
      /
    </span>
  );
}

export { Breadcrumb, BreadcrumbItem, BreadcrumbLink, BreadcrumbList, BreadcrumbPage, BreadcrumbSeparator };
