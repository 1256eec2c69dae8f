/** How Next builds and serves the dashboard: static shells, no telemetry, native modules left to Node. */

import type { NextConfig } from 'next';

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  images: { unoptimized: true },
  // Types are checked by `tsc` of the repository; Next's own check does not speak to the native compiler.
  // Next edits the configuration it is pointed to: it gets its own, not the repository's.
  typescript: { ignoreBuildErrors: true, tsconfigPath: 'app/tsconfig.json' },
  serverExternalPackages: [
    'better-sqlite3',
    'better-sqlite3-multiple-ciphers',
    '@node-rs/argon2',
    '@prisma/adapter-better-sqlite3',
    '@prisma/client',
    'pino',
    'rate-limiter-flexible',
  ],
  // One prerendered shell serves every project: the browser keeps the address it asked for and reads the ref from it.
  // Static pages (`/projects/new`) are matched before these.
  rewrites: async () => [
    { source: '/projects/:ref', destination: '/projects/_' },
    {
      source: '/projects/:ref/:page(users|roles|oauth-apps|mails|auth|members|api|sql|policies|logs|security|settings|audit)',
      destination: '/projects/_/:page',
    },
  ],
};

export default config;
