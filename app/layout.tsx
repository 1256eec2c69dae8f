/** The frame of every page: fonts, colours, providers. */

import './globals.css';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { Providers } from '#components/shell/providers.tsx';

export const dynamic = 'force-static';

export const metadata: Metadata = {
  title: { default: 'KoyaLite', template: '%s · KoyaLite' },
  description: 'The dashboard of a KoyaLite server.',
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f8f9f9' },
    { media: '(prefers-color-scheme: dark)', color: '#0c1011' },
  ],
};

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  );
}
