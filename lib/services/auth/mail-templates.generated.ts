/** Placeholder until `emails/build.mjs` writes it. */
import type { MailTemplate } from '#lib/services/auth/mail-template.ts';

const t = (subject: string): MailTemplate => ({
  subject,
  html: `<p>{{ .Token }}</p><a href="{{ .ConfirmationURL }}">go</a>`,
  text: '{{ .Token }}\n{{ .ConfirmationURL }}',
});
export const mailTemplates = {
  confirmation: t('Confirm your email'),
  recovery: t('Reset your password'),
  magic_link: t('Your sign-in link'),
  invite: t('You have been invited'),
  email_change: t('Confirm your new email'),
  reauthentication: t('{{ .Token }} is your verification code'),
} as const;
