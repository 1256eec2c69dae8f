import { expect, test } from 'vitest';
import { makeAttempts, toAddressKey } from '#lib/identity/operator-attempts.ts';

function makeClock() {
  const clock = { at: 0 };
  return { clock, attempts: makeAttempts({ attempts: 3, windowMs: 60_000, maxKeys: 100 }, () => clock.at) };
}

test('the attempt beyond the limit is refused with the seconds to wait', () => {
  const { clock, attempts } = makeClock();
  for (let attempt = 0; attempt < 3; attempt++) attempts.take('a');
  clock.at = 20_500;
  expect(() => attempts.take('a')).toThrow(expect.objectContaining({ status: 429, headers: ['Retry-After', '40'] }));
});

test('keys do not count for each other, and a window passes', () => {
  const { clock, attempts } = makeClock();
  for (let attempt = 0; attempt < 3; attempt++) attempts.take('a');
  attempts.take('b');
  clock.at = 60_000;
  attempts.take('a');
});

test('a success gives its attempt back, and never more than was taken', () => {
  const { attempts } = makeClock();
  for (let success = 0; success < 20; success++) {
    attempts.take('a');
    attempts.giveBack('a');
    attempts.giveBack('a');
  }
  for (let attempt = 0; attempt < 3; attempt++) attempts.take('a');
  expect(() => attempts.take('a')).toThrow(expect.objectContaining({ status: 429 }));
});

test('a flood of keys forgets the oldest first and keeps the newest', () => {
  const { attempts } = makeClock();
  for (let attempt = 0; attempt < 3; attempt++) attempts.take('old');
  for (let key = 0; key < 99; key++) attempts.take(`key-${key}`);
  expect(() => attempts.take('old')).toThrow();
  attempts.take('one more');
  attempts.take('old');
  expect(() => {
    for (let attempt = 0; attempt < 3; attempt++) attempts.take('one more');
  }).toThrow(expect.objectContaining({ status: 429 }));
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2:ffff::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  [null, 'local'],
])('the address %j counts as %j', (address, key) => {
  expect(toAddressKey(address)).toBe(key);
});
