/** What auth mails and texts: composed from a template, queued with the rows that cause it, or handed to a hook. */

import type { Connection } from '#lib/engine/database.ts';
import { queueMail } from '#lib/engine/queue/mails.ts';
import { mailTemplates } from '#lib/identity/generated/mail-templates.ts';
import { fillHtml, fillSubject, fillText, toPlainText } from '#lib/identity/mail-template.ts';
import { mailSealOf } from '#lib/identity/sealing.ts';
import { authError } from '#lib/services/auth/auth-error.ts';
import { type AuthSettings, authSettingsOf } from '#lib/services/auth/auth-settings.ts';
import type { AuthContext } from '#lib/services/auth/context.ts';
import { isHookEnabled, runHook } from '#lib/services/auth/hooks.ts';
import type { NewOneTimeToken, TokenType } from '#lib/services/auth/one-time-tokens.ts';
import { toBareUserJson } from '#lib/services/auth/user-json.ts';
import type { User } from '#lib/services/auth/users.ts';

const templateOf = {
  signup: 'confirmation',
  invite: 'invite',
  magiclink: 'magic_link',
  recovery: 'recovery',
  email_change_current: 'email_change',
  email_change_new: 'email_change',
  reauthentication: 'reauthentication',
} as const;

export type MailType = keyof typeof templateOf;

/** A message that a hook has to send after the commit; nothing when the outbox has it. */
export type PendingMessage = (() => Promise<void>) | null;

export interface AuthMail {
  readonly type: MailType;
  readonly user: User;
  readonly to: string;
  readonly token: NewOneTimeToken;
  readonly redirectTo: string;
}

/** The link of a mail: our configured address, whatever host the request named. */
export function toActionLink(context: AuthContext, type: string, link: string, redirectTo: string): string {
  const query = new URLSearchParams({ token: link, type, redirect_to: redirectTo });
  return `${context.externalUrl}/auth/v1/verify?${query}`;
}

/** The type a link carries: both legs of an email change are one type to the client. */
export function toLinkType(type: TokenType): string {
  return type === 'email_change_current' || type === 'email_change_new' ? 'email_change' : type;
}

/** Queues the mail within the caller's transaction. Await the returned message, if any, after the commit. */
export function sendAuthMail(connection: Connection, context: AuthContext, mail: AuthMail): PendingMessage {
  const settings = authSettingsOf(context.environment);
  if (isHookEnabled(context, 'send_email')) return () => mailByHook(context, settings, mail);
  const name = templateOf[mail.type];
  const variables = {
    SiteURL: settings.site_url,
    ConfirmationURL: toActionLink(context, toLinkType(mail.type), mail.token.link, mail.redirectTo),
    Token: mail.token.code,
    TokenHash: mail.token.link,
    Email: mail.user.email ?? mail.to,
    NewEmail: mail.user.newEmail ?? '',
    RedirectTo: mail.redirectTo,
    Data: mail.user.userMetadata,
  };
  const own = mailTemplates[name];
  const html = settings[`mailer_templates_${name}_content`];
  queueMail(
    connection,
    mailSealOf(context.sealingKey),
    {
      channel: 'email',
      template: name,
      sender: toSender(settings),
      recipient: mail.to,
      subject: fillSubject(settings[`mailer_subjects_${name}`] ?? own.subject, variables),
      html: fillHtml(html ?? own.html, variables),
      text: fillText(html === null ? own.text : toPlainText(html), variables),
    },
    context.now(),
  );
  return null;
}

async function mailByHook(context: AuthContext, settings: AuthSettings, mail: AuthMail): Promise<void> {
  await runHook(context, 'send_email', {
    user: toBareUserJson(mail.user),
    email_data: {
      token: mail.token.code,
      token_hash: mail.token.link,
      redirect_to: mail.redirectTo,
      email_action_type: toLinkType(mail.type),
      site_url: settings.site_url,
      token_new: '',
      token_hash_new: '',
    },
  });
}

/** Queues a text message with a code. */
export function sendAuthText(
  connection: Connection,
  context: AuthContext,
  user: User,
  phone: string,
  code: string,
  template: string,
): PendingMessage {
  if (isHookEnabled(context, 'send_sms')) {
    return async () => {
      await runHook(context, 'send_sms', { user: toBareUserJson(user), sms: { otp: code } });
    };
  }
  // A text for a gateway we do not speak to would end in the outbox with nobody the wiser.
  if (authSettingsOf(context.environment).sms_provider !== '')
    throw authError(
      422,
      'sms_send_failed',
      'Unsupported SMS provider: set the send-SMS hook, or no provider for the local outbox',
    );
  const text = fillText(template, { Code: code });
  queueMail(
    connection,
    mailSealOf(context.sealingKey),
    { channel: 'sms', template: 'sms', sender: '', recipient: phone, subject: '', html: null, text },
    context.now(),
  );
  return null;
}

/** The fixed code of a test number, if the settings name one. */
export function findTestCode(settings: AuthSettings, phone: string): string | undefined {
  const pairs = settings.sms_test_otp.split(',').map((pair) => pair.trim().split('='));
  return pairs.find(([number]) => number === phone)?.[1];
}

function toSender(settings: AuthSettings): string {
  const name = settings.smtp_sender_name.replace(/["\\<>\p{Cc}]/gu, '');
  return name === '' ? settings.smtp_admin_email : `"${name}" <${settings.smtp_admin_email}>`;
}
