import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadMasterKey } from '#lib/control/master-key.ts';

const newHome = () => mkdtempSync(join(tmpdir(), 'control-'));
const hex = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';

test('what is sealed opens again, and only with the same purpose and context', () => {
  const key = loadMasterKey(newHome(), hex);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, context) => {
      fc.pre(text.isWellFormed() && context.isWellFormed());
      const sealed = key.seal('api-key', text, context);
      expect(key.unseal('api-key', sealed, context)).toBe(text);
      expect(() => key.unseal('signing-key', sealed, context)).toThrow();
      expect(() => key.unseal('api-key', sealed, `${context}x`)).toThrow();
    }),
    { numRuns: 50 },
  );
});

test('one changed bit anywhere is refused', () => {
  const key = loadMasterKey(newHome(), hex);
  const bytes = Buffer.from(key.seal('p', 'secret', 'c').slice(3), 'base64url');
  for (let index = 0; index < bytes.length; index++) {
    const forged = Buffer.from(bytes);
    forged[index] = (forged[index] ?? 0) ^ 1;
    expect(() => key.unseal('p', `v1:${forged.toString('base64url')}`, 'c')).toThrow();
  }
  expect(() => key.unseal('p', 'v1:AAAA', 'c')).toThrow(/too short/);
  expect(() => key.unseal('p', 'v2:AAAA', 'c')).toThrow(/version/);
});

test('two seals of one text differ and neither holds it', () => {
  const key = loadMasterKey(newHome(), hex);
  const seals = [key.seal('p', 'sentinel', 'c'), key.seal('p', 'sentinel', 'c')];
  expect(seals[0]).not.toBe(seals[1]);
  expect(Buffer.from(seals[0]?.slice(3) ?? '', 'base64url').includes('sentinel')).toBe(false);
});

test('the key is made once, for the owner alone, and base64 and hex mean the same', () => {
  const home = newHome();
  const sealed = loadMasterKey(home, null).seal('p', 'kept', 'c');
  expect(loadMasterKey(home, null).unseal('p', sealed, 'c')).toBe('kept');
  expect(statSync(join(home, 'master.key')).mode & 0o777).toBe(0o600);
  const inHex = Buffer.from(readFileSync(join(home, 'master.key'), 'utf8'), 'base64').toString('hex');
  expect(loadMasterKey(newHome(), inHex).unseal('p', sealed, 'c')).toBe('kept');
  expect(() => loadMasterKey(home, 'short')).toThrow(/32 bytes/);
});
