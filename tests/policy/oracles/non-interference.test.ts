/**
 * Rows a caller cannot see change nothing of any answer: the same request to worlds that differ only in hidden rows is
 * answered byte for byte alike, whatever the hidden rows would have raised.
 */

import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { openRestEnvironment, type RestAnswer, type RestEnvironment } from '../../support/rest-environment.ts';
import { hidden, policySets, reader, tables, visible } from './documents.ts';
import { type DocumentRequest, requests } from './requests.ts';

/** Per policy set; a night may ask for more. */
const runs = Number(process.env.KOYALITE_ORACLE_RUNS ?? 600);
const opened: RestEnvironment[] = [];
afterAll(async () => {
  for (const environment of opened) await environment.close();
});

async function openWorlds(policies: string): Promise<RestEnvironment[]> {
  const worlds = [];
  for (const rows of hidden) {
    const world = await openRestEnvironment(tables + policies + visible + rows, { api: { txOverride: true, aggregates: true } });
    opened.push(world);
    // An imported file may hold what no codec let in.
    await world.database.write((connection) => {
      connection.run(
        "UPDATE main.docs SET data = '{broken', tags = 'broken', span = 'broken', words = '''broken' WHERE id IN (5, 1007)",
      );
    });
    worlds.push(world);
  }
  return worlds;
}

async function ask(world: RestEnvironment, request: DocumentRequest): Promise<{ status: number; text: string; headers: string }> {
  const { method, path, prefer, accept, body } = request;
  const answer = await world.call(method, path, {
    as: { role: 'authenticated', sub: reader },
    headers: { prefer, accept },
    body,
  });
  return { status: answer.status, text: answer.text, headers: toHeaders(answer) };
}

function toHeaders(answer: RestAnswer): string {
  return [...answer.headers].filter(([name]) => name !== 'x-request-id').join('\n');
}

describe.each(Object.entries(policySets))('behind a policy by %s', (_name, policies) => {
  test('hidden rows leave no trace', async () => {
    const worlds = await openWorlds(policies);
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const [first, ...others] = await Promise.all(worlds.map((world) => ask(world, request)));
        if (first === undefined) throw new Error('There is no world');
        expect(first.status).toBeLessThan(500);
        for (const answer of others) expect(answer).toEqual(first);
        if (first.status < 300) answered += 1;
      }),
      { numRuns: runs },
    );
    expect(answered).toBeGreaterThan(runs / 6);
  }, 600_000);
});
