/** The master key and what is sealed under it: AES-256-GCM, one derived key per purpose, no secret in plain text on disk. */

import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface MasterKey {
  /** `v1:` and base64url of nonce, ciphertext and tag. `context` names the row: a sealed text opens nowhere else. */
  seal(purpose: string, text: string, context: string): string;
  /** Throws when the key, purpose or context differs, or one bit was changed. */
  unseal(purpose: string, sealed: string, context: string): string;
  /** Hex HMAC-SHA256 under a key of its own. */
  sign(purpose: string, text: string): string;
}

const nonceBytes = 12;
const tagBytes = 16;

/** From the configuration, else from `<home>/master.key`, which is made (mode 0600) on first start. */
export function loadMasterKey(home: string, configured: string | null): MasterKey {
  return makeMasterKey(parseKey(configured ?? readOrMakeKeyFile(home)));
}

function readOrMakeKeyFile(home: string): string {
  const file = join(home, 'master.key');
  if (!existsSync(file)) {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    // Written whole beside it, then linked: a crash leaves no short key, and a key that exists is never replaced.
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flush: true });
    try {
      linkSync(draft, file);
    } catch (error) {
      if (!existsSync(file)) throw error;
    } finally {
      rmSync(draft);
    }
  }
  return readFileSync(file, 'utf8');
}

function parseKey(text: string): Buffer {
  const trimmed = text.trim();
  const key = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64');
  if (key.length !== 32) throw new Error('The master key must be 32 bytes in base64 or hex (KOYALITE_MASTER_KEY or master.key).');
  return key;
}

function makeMasterKey(master: Buffer): MasterKey {
  const derived = new Map<string, Buffer>();
  const keyFor = (purpose: string): Buffer => {
    const known = derived.get(purpose);
    if (known !== undefined) return known;
    const key = Buffer.from(hkdfSync('sha256', master, 'koyalite', purpose, 32));
    derived.set(purpose, key);
    return key;
  };
  return {
    seal(purpose, text, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', keyFor(purpose), nonce).setAAD(Buffer.from(context));
      const parts = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
      return `v1:${Buffer.concat(parts).toString('base64url')}`;
    },
    unseal(purpose, sealed, context) {
      if (!sealed.startsWith('v1:')) throw new Error('Unknown envelope version.');
      const bytes = Buffer.from(sealed.slice(3), 'base64url');
      if (bytes.length < nonceBytes + tagBytes) throw new Error('The envelope is too short.');
      const decipher = createDecipheriv('aes-256-gcm', keyFor(purpose), bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString('utf8');
    },
    sign: (purpose, text) =>
      createHmac('sha256', keyFor(`hmac:${purpose}`))
        .update(text)
        .digest('hex'),
  };
}
