/** Requests that a proxy in front could read otherwise than Node does. */

import type { IncomingMessage } from 'node:http';

/** Two Host headers, of which Node keeps the first, or a protocol older than Host. What else is ambiguous Node refuses itself. */
export function isAmbiguous(message: IncomingMessage): boolean {
  if (message.httpVersionMajor !== 1) return true;
  const { rawHeaders } = message;
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1;
}
