/** Every API, on hosts that run Next without `server.ts`: the same handler behind Next's router. */

import { loadPlatform } from '../load-platform.ts';

export const dynamic = 'force-dynamic';
export const runtime = 'nodejs';

async function answer(request: Request): Promise<Response> {
  const platform = await loadPlatform();
  return platform.handle(request);
}

export { answer as DELETE, answer as GET, answer as HEAD, answer as OPTIONS, answer as PATCH, answer as POST, answer as PUT };
