import { expect, test } from 'vitest';
import { hashPassword, parseNewPassword, verifyPassword } from '#lib/identity/passwords.ts';

test('a hash is argon2id at 19 MiB and two passes, and holds for its password alone', async () => {
  const hash = await hashPassword('correct horse battery');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await verifyPassword('correct horse battery', hash)).toBe(true);
  expect(await verifyPassword('correct horse batterz', hash)).toBe(false);
  expect(await verifyPassword('correct horse battery', null)).toBe(false);
});

test('characters beyond the 72nd byte count, and one word typed two ways is one password', async () => {
  const hash = await hashPassword(`${'p'.repeat(72)}-suffix`);
  expect(await verifyPassword(`${'p'.repeat(72)}-other!`, hash)).toBe(false);
  expect(await verifyPassword('cafe\u0301-au-lait', await hashPassword('caf\u00e9-au-lait'))).toBe(true);
});

test.each([
  ['short', 'eleven char'],
  ['long', 'abcdefgh'.repeat(17)],
  ['monotonous', 'abababababababab'],
  ['the email itself', 'Operator@example.com'],
])('a %s password is refused', (_, password) => {
  expect(() => parseNewPassword(password, 'operator@example.com')).toThrow(
    expect.objectContaining({ status: 422, code: 'weak_password' }),
  );
});

test('spaces, controls and long phrases are accepted as they are', () => {
  for (const password of ['a b c d e f g', 'nul\u0000byte-inside', 'abcdefgh'.repeat(16)]) {
    expect(parseNewPassword(password, 'operator@example.com')).toBe(password);
  }
});
