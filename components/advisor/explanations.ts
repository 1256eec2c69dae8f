/** Why each kind of advice matters, in words for somebody who meets it for the first time. */

export interface Explanation {
  title: string;
  why: string;
  /** The way to mend it, beyond the SQL. */
  how: string;
}

const explanations: Record<string, Explanation> = {
  'rls-off': {
    title: 'Row-level security is off',
    why: 'The publishable key is public: whoever has it reads and writes this table as far as anon is granted, which by default is everything.',
    how: 'Switch it on, then write a policy for each thing an app may do with the table: without one, only the service role reaches it. A table that is public on purpose keeps row-level security on and gets the policy “Everyone reads”.',
  },
  'no-policy': {
    title: 'No policy',
    why: 'Nothing is open: apps see an empty table. If an app should reach it, it needs a policy.',
    how: 'On the page Policies, start from a template such as “Owners do everything with their rows”, and try it as a user before the app does. A table for servers alone may stay without.',
  },
  'restrictive-only': {
    title: 'Restrictive policies alone',
    why: 'Restrictive policies narrow what permissive ones admit. Without a permissive one nothing passes, which is seldom what was meant.',
    how: 'Add a permissive policy that says who may reach which rows; the restrictive ones then narrow it.',
  },
  'user-metadata': {
    title: 'A policy trusts what users write',
    why: 'Any user sets user_metadata from the browser. A rule that reads it lets everybody give themselves what it grants.',
    how: 'Let your server, or a role of the app, say what a user may do: app_metadata and the page Roles are out of the user’s hands. Move what was granted before the policy changes.',
  },
  'always-true': {
    title: 'A policy lets everybody write every row',
    why: 'Whoever it is for may change or add any row, other people’s included.',
    how: 'Compare a column that tells the owner with auth.uid(). Without such a column add one, with default auth.uid() and a reference to auth.users.',
  },
  'definer-view': {
    title: 'A view passes the policies of its tables',
    why: 'It reads with its owner’s rights, so the policies of the tables below it are never asked.',
    how: 'Let it read with its caller’s rights. If it is there to show more than they may see, say in it which rows and columns that is, and revoke it from whoever does not need it.',
  },
};

export function toExplanation(rule: string): Explanation {
  return explanations[rule] ?? { title: rule, why: '', how: '' };
}
