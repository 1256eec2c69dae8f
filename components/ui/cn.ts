/** Joins class names, the later Tailwind class winning over the earlier one it contradicts. */

import { type ClassValue, clsx } from 'clsx';
import { twMerge } from 'tailwind-merge';

/** Class names in any of clsx's forms → one string. */
export function cn(...inputs: ClassValue[]): string {
  return twMerge(clsx(inputs));
}
