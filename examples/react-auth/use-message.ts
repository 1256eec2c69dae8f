/** What the last action came to, for the page to say. */

import { useState } from 'react';

interface Result {
  readonly error: { readonly message: string; readonly status?: number | undefined } | null;
}

export interface Message {
  readonly text: string;
  readonly isError: boolean;
}

/** `attempt` runs an action of the client and keeps its error, or the words for its success. */
export function useMessage(): [Message, (action: () => Promise<Result>, success: string) => Promise<void>] {
  const [message, setMessage] = useState<Message>({ text: '', isError: false });
  async function attempt(action: () => Promise<Result>, success: string): Promise<void> {
    const { error } = await action();
    if (error === null) setMessage({ text: success, isError: false });
    else setMessage({ text: error.status === 429 ? `Slow down: ${error.message}` : error.message, isError: true });
  }
  return [message, attempt];
}
