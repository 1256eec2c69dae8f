/** The single-line text input. */

import type { ComponentProps } from 'react';
import { cn } from '#components/ui/cn.ts';

function Input({ className, type, ...props }: ComponentProps<'input'>) {
  return (
    <input
      type={type}
      data-slot="input"
      className={cn(
        'h-8 w-full min-w-0 rounded-md border border-input bg-field px-2.5 text-[13px] shadow-xs transition-[border-color] outline-none placeholder:text-muted-foreground/80 focus-visible:border-ring focus-visible:ring-[3px] focus-visible:ring-ring/25 disabled:cursor-not-allowed disabled:opacity-50 aria-invalid:border-destructive aria-invalid:ring-destructive/20 max-sm:h-9 max-sm:text-base',
        className,
      )}
      {...props}
    />
  );
}

export { Input };
