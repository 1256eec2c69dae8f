/** Whether a password is known from leaks: a list in the box, and on demand Have I Been Pwned's k-anonymous range API. */

import { createHash } from 'node:crypto';

export interface BreachedPasswords {
  /** `offline` asks only the list; `hibp` also the range API, whose silence counts as "not breached". */
  isBreached(password: string, mode: 'offline' | 'hibp'): Promise<boolean>;
}

const rangeAddress = 'https://api.pwnedpasswords.com/range/';
const timeoutMs = 3000;

/** `fetcher` is global fetch except in tests. */
export function createBreachedPasswords(fetcher: typeof fetch = fetch): BreachedPasswords {
  return {
    async isBreached(password, mode) {
      const common = await commonPasswords();
      if (common.has(password.toLowerCase())) return true;
      if (mode === 'offline') return false;
      const digest = createHash('sha1').update(password.normalize('NFC')).digest('hex').toUpperCase();
      try {
        const response = await fetcher(rangeAddress + digest.slice(0, 5), {
          headers: { 'Add-Padding': 'true' },
          signal: AbortSignal.timeout(timeoutMs),
        });
        const lines = (await response.text()).split('\n');
        return lines.some((line) => line.startsWith(digest.slice(5)) && !line.trimEnd().endsWith(':0'));
      } catch {
        return false;
      }
    },
  };
}

let loading: Promise<ReadonlySet<string>> | null = null;

/** Loaded on first use: most environments never ask. */
function commonPasswords(): Promise<ReadonlySet<string>> {
  loading ??= import('@zxcvbn-ts/language-common').then((module) => new Set(module.dictionary['passwords-common']));
  return loading;
}
