/** Settings of mails: sender, and per-environment overrides of each template's subject and content. */

import { z } from 'zod';

const override = z.string().nullable().default(null);

export const mailSettings = {
  /** Empty: mails stay in the local outbox, unless there is a Resend key. */
  smtp_host: z.string().default(''),
  smtp_port: z.int().min(1).max(65_535).default(587),
  smtp_user: z.string().default(''),
  smtp_pass: z.string().default(''),
  /** Ours. */
  resend_api_key: z.string().default(''),
  /** `whsec_…`: what Resend signs its reports of bounced mails with. Empty: none are taken. Ours. */
  resend_webhook_secret: z.string().default(''),
  smtp_admin_email: z.string().default('noreply@localhost'),
  smtp_sender_name: z.string().default(''),
  /** Days until what a mail says is removed, whatever became of it; longer than attempts to send go on. Ours. */
  mailer_retention_days: z.int().min(3).max(365).default(7),
  mailer_subjects_confirmation: override,
  mailer_subjects_recovery: override,
  mailer_subjects_magic_link: override,
  mailer_subjects_invite: override,
  mailer_subjects_email_change: override,
  mailer_subjects_reauthentication: override,
  mailer_templates_confirmation_content: override,
  mailer_templates_recovery_content: override,
  mailer_templates_magic_link_content: override,
  mailer_templates_invite_content: override,
  mailer_templates_email_change_content: override,
  mailer_templates_reauthentication_content: override,
};
