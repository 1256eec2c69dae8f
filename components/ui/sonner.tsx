'use client';
/** Toasts, in the dashboard's colours. */

import { useTheme } from 'next-themes';
import { Toaster as Sonner, type ToasterProps } from 'sonner';

function Toaster(props: ToasterProps) {
  const { resolvedTheme } = useTheme();
  return (
    <Sonner
      theme={resolvedTheme === 'dark' ? 'dark' : 'light'}
      position="bottom-right"
      className="toaster"
      toastOptions={{
        classNames: {
          toast: '!rounded-lg !border-border !bg-popover !text-popover-foreground !shadow-lg !font-sans !text-[13px]',
          description: '!text-muted-foreground',
          error: '[&_[data-icon]]:!text-destructive',
          success: '[&_[data-icon]]:!text-success',
        },
      }}
      {...props}
    />
  );
}

export { Toaster };
