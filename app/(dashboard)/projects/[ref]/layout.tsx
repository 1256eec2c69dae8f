/** One prerendered shell for all projects: next.config.ts maps every ref to `_`, and the browser reads the real one. */

import { type ReactNode, Suspense } from 'react';

export const dynamicParams = false;

export function generateStaticParams() {
  return [{ ref: '_' }];
}

export default function ProjectLayout({ children }: { children: ReactNode }) {
  return <Suspense>{children}</Suspense>;
}
