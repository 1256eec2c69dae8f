/** Sealed secrets open with their key and purpose only. */

import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equalText, seal, unseal } from '#lib/identity/sealing.ts';

const key = randomBytes(32);

test('what was sealed opens again, and nothing else does', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), (plain, at) => {
      const sealed = seal(key, 'test', plain);
      expect(unseal(key, 'test', sealed)).toBe(plain);
      expect(sealed).not.toBe(seal(key, 'test', plain));
      expect(() => unseal(key, 'other', sealed)).toThrow();
      expect(() => unseal(randomBytes(32), 'test', sealed)).toThrow();
      const bytes = Buffer.from(sealed, 'base64url');
      bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ 1;
      expect(() => unseal(key, 'test', bytes.toString('base64url'))).toThrow();
    }),
    { numRuns: 30 },
  );
});

test('texts are compared whole', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (left, right) => {
      expect(equalText(left, right)).toBe(Buffer.from(left).equals(Buffer.from(right)));
    }),
  );
});
