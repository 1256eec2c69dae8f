/** A whole server for `loop-probe.ts`, with one project: what its Platform API and its auth do with bodies as large as they take. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { parseConfig } from '#lib/config.ts';
import { createPlatform, type Platform } from '#lib/platform.ts';

export interface LoopPlatform {
  readonly platform: Platform;
  readonly ref: string;
  /** Of the platform's owner. */
  readonly token: string;
  /** Of the project, for its server. */
  readonly key: string;
  close(): Promise<void>;
}

export async function openPlatform(): Promise<LoopPlatform> {
  const home = mkdtempSync(join(tmpdir(), 'koyalite-loop-'));
  const platform = await createPlatform(parseConfig({ NODE_ENV: 'test', KOYALITE_HOME: home, KOYALITE_LOG_LEVEL: 'fatal' }));
  await platform.control.firstStart({ email: 'owner@example.com', password: 'correct horse battery', demo: true });
  const token = await platform.control.operators.renewLocalToken();
  const ref = 'demo';
  const answer = await platform.handle(
    new Request(`http://localhost:3000/api/platform/v1/projects/${ref}/api-keys?reveal=true`, {
      headers: { host: 'localhost:3000', authorization: `Bearer ${token}` },
    }),
  );
  const keys = z.array(z.object({ name: z.string(), type: z.string(), api_key: z.string() })).parse(await answer.json());
  const key = keys.find(({ type, name }) => type === 'legacy' && name === 'service_role')?.api_key ?? '';
  return {
    platform,
    ref,
    token,
    key,
    async close() {
      await platform.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
