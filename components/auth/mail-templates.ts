/** The mails whose text can be changed, and how one looks with examples filled in. */

export const mailTemplates = [
  { name: 'confirmation', title: 'Confirm sign-up' },
  { name: 'magic_link', title: 'Magic link' },
  { name: 'recovery', title: 'Reset password' },
  { name: 'invite', title: 'Invitation' },
  { name: 'email_change', title: 'Change e-mail' },
  { name: 'reauthentication', title: 'Reauthenticate' },
];

const examples: Record<string, string> = {
  ConfirmationURL: 'https://app.example.com/confirm',
  Token: '123456',
  TokenHash: '4f1a09',
  SiteURL: 'https://app.example.com',
  RedirectTo: 'https://app.example.com/welcome',
  Email: 'ada@example.com',
  NewEmail: 'ada@example.org',
};

/** `{{ .Token }}` → `123456`; what has no example is named in brackets. */
export function toPreview(content: string): string {
  return content.replace(/\{\{\s*\.([A-Za-z][\w.]*)\s*\}\}/g, (_match, path: string) => examples[path] ?? `[${path}]`);
}
