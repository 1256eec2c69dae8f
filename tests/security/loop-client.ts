/** The sender's thread of `loop-probe.ts`: makes a body when told, sends it when told, reads the answer to its end. */

import { Agent, request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { findRequest, type HostileRequest } from './loop-cases.ts';

const { port } = z.object({ port: z.number() }).parse(workerData);
const orderSchema = z.union([
  z.object({ kind: z.literal('make'), name: z.string(), prefix: z.string(), token: z.string() }),
  z.object({ kind: z.literal('send') }),
]);
const agent = new Agent({ keepAlive: true });
let send: () => Promise<{ status: number; text: string }> = () => Promise.reject(new Error('nothing made'));

parentPort?.on('message', (message: unknown) => {
  const order = orderSchema.parse(message);
  if (order.kind === 'make') {
    const asked = findRequest(order.name);
    const body = asked.body?.() ?? null;
    send = () => exchange(asked, order.prefix, order.token, body);
    parentPort?.postMessage({ kind: 'made' });
    return;
  }
  send().then(
    (answer) => parentPort?.postMessage({ kind: 'answered', ...answer }),
    (error: unknown) => parentPort?.postMessage({ kind: 'answered', status: 0, text: String(error) }),
  );
});

function exchange(asked: HostileRequest, prefix: string, token: string, body: string | null) {
  const { method, path } = asked;
  const headers = {
    authorization: `Bearer ${token}`,
    ...(asked.environment === 'project' ? { apikey: token } : {}),
    ...asked.headers,
    ...(body === null ? {} : { 'content-length': Buffer.byteLength(body) }),
  };
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path: `${prefix}${path}`, headers, agent }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        if (text.length < 200) text += String(chunk).slice(0, 200);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
