/** The input of several lines. */

import type { ComponentProps } from 'react';
import { cn } from '#components/ui/cn.ts';

function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return (
    <textarea
      data-slot="textarea"
      className={cn(
        'min-h-16 w-full rounded-md border border-input bg-field px-2.5 py-1.5 text-[13px] shadow-xs transition-[border-color] outline-none placeholder:text-muted-foreground/80 focus-visible:border-ring focus-visible:ring-[3px] focus-visible:ring-ring/25 disabled:cursor-not-allowed disabled:opacity-50 aria-invalid:border-destructive aria-invalid:ring-destructive/20 max-sm:text-base',
        className,
      )}
      {...props}
    />
  );
}

export { Textarea };
