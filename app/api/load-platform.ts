/** Loads the platform as Node's own module, unbundled: `server.ts` and Next then share one copy of it. */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface LoadedPlatform {
  handle(request: Request): Promise<Response>;
}

export async function loadPlatform(): Promise<LoadedPlatform> {
  const file = pathToFileURL(join(process.cwd(), 'lib/platform.ts')).href;
  const module: { getPlatform(): Promise<LoadedPlatform> } = await import(
    /* turbopackIgnore: true */ /* webpackIgnore: true */ file
  );
  return module.getPlatform();
}
