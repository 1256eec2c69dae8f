/** The security and fault cases that have a test of their own: what each tries, and where its test is. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export const securityCases: Readonly<Record<string, string>> = {
  A01: 'a rotated refresh token comes back',
  A02: 'fifty refreshes with one token at once',
  A03: 'tokens after logout, ban, password change, deletion',
  A04: 'tokens signed with nothing, with public keys, with keys they bring along',
  A05: 'tokens with odd or missing times',
  A06: 'tokens and keys of another project',
  A07: 'a token of one kind used as another',
  A08: 'ID tokens of an attacker’s issuer',
  A09: 'PKCE without, with a wrong or a used verifier',
  A10: 'OAuth callbacks without a state, with a foreign or a used one',
  A11: 'an account made in advance under a victim’s address',
  A12: 'a provider’s unverified address of an existing account',
  A13: 'redirects to other sites',
  A14: 'finding out who has an account',
  A15: 'the cost of signing in nobody',
  A16: 'guessing passwords',
  A17: 'guessing codes',
  A18: 'objects, lists and numbers where text belongs',
  A19: 'long, odd, weak and leaked passwords',
  A20: 'changing how one signs in from an old session',
  A21: 'codes of a second factor twice, and a reset that would skip it',
  A22: 'fields that are not the user’s to set',
  A23: 'a session planted before sign-in',
  A24: 'links twice, at once, and opened by scanners',
  A25: 'the host of a mail’s link',
  A26: 'line breaks in addresses and names',
  A27: 'many sign-ins in one request',
  A28: 'policies on metadata that users write',
  R01: 'tables without a permissive policy',
  R02: 'a new table and the anon key',
  R03: 'returning a row one may not read',
  R04: 'giving an own row away',
  R05: 'a hidden row against one that is not there',
  R06: 'upserts over others’ rows',
  R07: 'a thousand rows of which the last violates',
  R08: 'policies that are NULL, and claims of other types',
  R09: 'foreign keys and cascades across hidden rows',
  R10: 'embeds five levels deep',
  R11: 'filters and orders through a relation',
  R12: 'columns without a grant, in every place',
  R13: 'counts and plans',
  R14: 'errors that only hidden rows raise',
  R15: 'duplicates of hidden rows',
  R16: 'policies in a circle',
  R17: 'fifty users through the same statements',
  R18: 'policies and roles that change',
  R21: 'columns and tables made again under an old name',
  R22: 'system tables, row ids and shadow tables',
  R23: 'views over protected tables',
  Q01: 'SQL in names and values',
  Q02: 'malformed filters and full-text queries',
  Q03: 'paths that climb',
  Q04: 'deep, long and wide requests',
  Q05: 'limits and embeds in a circle',
  Q06: 'names of JavaScript’s own',
  Q07: 'numbers and documents at the edge',
  Q08: 'writing by GET',
  Q09: 'changes without a filter',
  Q10: 'patterns that take for ever',
  Q11: 'ten thousand odd requests',
  Q12: 'tables without any grant',
  Q13: 'repeated parameters',
  Q14: 'formulas in CSV',
  H01: 'requests another site makes a browser send',
  H02: 'foreign origins',
  H03: 'WebSocket handshakes of foreign pages',
  H04: 'headers of every answer',
  H05: 'the session cookie',
  H06: 'requests that two servers would read differently',
  H07: 'answers that may not be kept',
  H08: 'files and pages that are not for the public',
  T01: 'everything of one project with what belongs to another',
  T02: 'keys of a project at the Platform API',
  T03: 'the same names in two projects',
  T04: 'another environment of the same project',
  T05: 'a deleted project',
  L01: 'invented client addresses',
  L02: 'many addresses and many spellings',
  L03: 'a flood of clients',
  L04: 'batches',
  I01: 'the console and the Platform API below the needed role',
  I02: 'SQL that leaves its database',
  I03: 'SQL that runs away',
  I04: 'read-only SQL that writes',
  I05: 'acting as a user',
  I08: 'keys shown, rotated, revoked',
  X01: 'secrets in files',
  X02: 'secrets in logs',
  X03: 'forged log lines',
  X04: 'an altered record',
  X05: 'changes that cannot be recorded',
  D01: 'SIGKILL under writers',
  D03: 'a full disk',
  D05: 'a lock that another process holds',
  D06: 'more endless queries than processes',
  D18: 'two processes on one home',
};

export interface CaseTest {
  /** From the project's root. */
  readonly file: string;
  readonly title: string;
}

/** ID → the tests whose titles begin with it. */
export function findCaseTests(): ReadonlyMap<string, readonly CaseTest[]> {
  const found = new Map<string, CaseTest[]>();
  for (const folder of ['lib', 'tests']) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.test.ts')) continue;
      const file = `${folder}/${name}`;
      // A title is the text before a test's function; it begins with the IDs it answers for.
      for (const [, , ids = '', title = ''] of readFileSync(join(root, file), 'utf8').matchAll(
        /(['"`])((?:[A-Z]\d\d )+)(.*?)\1,/g,
      ))
        for (const id of ids.trim().split(' ')) found.set(id, [...(found.get(id) ?? []), { file, title }]);
    }
  }
  return found;
}
