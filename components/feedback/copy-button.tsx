'use client';
/** Copies a text, and says that it did. */

import { CheckIcon, CopyIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';

interface CopyButtonProps {
  /** A function fetches the text first, and reports its own failure. */
  text: string | (() => Promise<string>);
  label: string;
  className?: string;
}

export function CopyButton({ text, label, className }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async () => {
    const value = typeof text === 'string' ? text : await text().catch(() => null);
    if (value === null) return;
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch {
      toast.error('The browser does not allow copying here. Select the text and copy it by hand.');
    }
  };

  return (
    <Button
      variant="ghost"
      size="icon-sm"
      onClick={copy}
      disabled={text === ''}
      aria-label={`Copy ${label}`}
      {...(className ? { className } : {})}
    >
      {copied ? <CheckIcon className="text-success" /> : <CopyIcon />}
      <span className="sr-only" aria-live="polite">
        {copied ? 'Copied' : ''}
      </span>
    </Button>
  );
}
