/**
 * An environment's auth settings, under the names of Supabase's Management API (`/projects/{ref}/config/auth`), so that a
 * configuration copied from there works here. Defaults are those of the Supabase CLI, except where a sentence says otherwise.
 */

import { z } from 'zod';
import type { EnvironmentRecord } from '#lib/identity/environment.ts';
import { customProviderSchema } from '#lib/services/auth/custom-provider-schema.ts';
import { hookSettings } from '#lib/services/auth/hook-settings.ts';
import { mailSettings } from '#lib/services/auth/mail-settings.ts';
import { oauthServerSettings } from '#lib/services/auth/oauth/oauth-settings.ts';

const count = z.int().min(0);
const seconds = z.int().min(0);

export const authSettingsSchema = z.looseObject({
  site_url: z.string().default('http://localhost:3000'),
  /** Comma-separated globs of addresses users may be sent to besides the site. */
  uri_allow_list: z.string().default(''),
  disable_signup: z.boolean().default(false),
  jwt_exp: seconds.min(30).max(604_800).default(3600),

  external_email_enabled: z.boolean().default(true),
  external_phone_enabled: z.boolean().default(false),
  external_anonymous_users_enabled: z.boolean().default(false),
  /** Let a user name stand where an email stands in password sign-in; taken from `data.username` at sign-up. Ours. */
  external_username_enabled: z.boolean().default(false),

  /** null: confirm without a mail for as long as no mail leaves this machine. */
  mailer_autoconfirm: z.boolean().nullable().default(null),
  mailer_secure_email_change_enabled: z.boolean().default(true),
  /** How long a mailed link works. */
  mailer_otp_exp: seconds.max(86_400).default(3600),
  /** How long a mailed code works: shorter than the link, because it can be guessed. Ours. */
  mailer_code_exp: seconds.max(3600).default(600),
  mailer_otp_length: z.int().min(6).max(10).default(6),
  /** `page`: a clicked link shows a button first, so that mail scanners consume nothing. Ours. */
  mailer_link_confirmation: z.enum(['direct', 'page']).default('direct'),
  sms_autoconfirm: z.boolean().default(false),
  /** Empty: texts stay in the local outbox. A gateway is reached through the send-SMS hook; any other name refuses to send. */
  sms_provider: z.string().default(''),
  sms_otp_exp: seconds.default(60),
  sms_otp_length: z.int().min(6).max(10).default(6),
  sms_template: z.string().default('Your code is {{ .Code }}'),
  /** Fixed codes for test numbers: `15551234567=123456,…`. */
  sms_test_otp: z.string().default(''),

  password_min_length: z.int().min(6).max(72).default(6),
  /** Sets of characters separated by `:`; a password needs one of each. */
  password_required_characters: z.string().default(''),
  /** Refuse passwords known from leaks: `offline` asks the list in the box, `hibp` also asks Have I Been Pwned. */
  password_breach_check: z.enum(['off', 'offline', 'hibp']).default('off'),
  security_update_password_require_reauthentication: z.boolean().default(false),
  /** Also ask for the present password when one exists. Ours. */
  security_update_password_require_current_password: z.boolean().default(false),
  /**
   * Whoever changes the email, the phone, second factors, passkeys or linked identities must have proven who they are within
   * the age below; then the user's other sessions end. Ours.
   */
  security_change_require_reauthentication: z.boolean().default(false),
  /** Sessions younger than this may change a password without a nonce. Supabase allows a day. */
  security_reauthentication_age_seconds: seconds.default(900),
  security_manual_linking_enabled: z.boolean().default(false),
  security_captcha_enabled: z.boolean().default(false),
  security_captcha_provider: z.enum(['hcaptcha', 'turnstile']).default('turnstile'),
  security_captcha_secret: z.string().default(''),

  refresh_token_rotation_enabled: z.boolean().default(true),
  security_refresh_token_reuse_interval: seconds.default(10),
  /** 0 = without end. */
  sessions_timebox: seconds.default(0),
  sessions_inactivity_timeout: seconds.default(0),
  sessions_single_per_user: z.boolean().default(false),
  /** How long a session may stay at aal1 when its user has a second factor. */
  sessions_allow_low_aal: seconds.default(0),

  mfa_max_enrolled_factors: z.int().min(0).max(100).default(10),
  mfa_totp_enroll_enabled: z.boolean().default(true),
  mfa_totp_verify_enabled: z.boolean().default(true),
  mfa_phone_enroll_enabled: z.boolean().default(false),
  mfa_phone_verify_enabled: z.boolean().default(false),
  mfa_phone_template: z.string().default('Your code is {{ .Code }}'),
  mfa_web_authn_enroll_enabled: z.boolean().default(false),
  mfa_web_authn_verify_enabled: z.boolean().default(false),

  mfa_recovery_codes_enroll_enabled: z.boolean().default(true),
  mfa_recovery_codes_verify_enabled: z.boolean().default(true),

  passkeys_enabled: z.boolean().default(false),
  /** Both follow `site_url` when empty. */
  webauthn_rp_id: z.string().default(''),
  webauthn_rp_origins: z.array(z.string()).default([]),
  webauthn_rp_display_name: z.string().default(''),
  passkeys_max_per_user: count.default(10),

  custom_providers: z.array(customProviderSchema).default([]),

  /** 0 = unlimited. Per hour and environment. */
  rate_limit_email_sent: count.default(100),
  rate_limit_sms_sent: count.default(30),
  /** Per hour and client address. */
  rate_limit_anonymous_users: count.default(30),
  /** Per five minutes and client address. */
  rate_limit_token_refresh: count.default(150),
  rate_limit_verify: count.default(30),
  rate_limit_otp: count.default(30),
  rate_limit_sign_up: count.default(30),
  /** Wrong passwords in five minutes, per account and per client address. Ours. */
  rate_limit_failed_passwords: count.default(10),
  /** Pause between two messages to one address. */
  smtp_max_frequency: seconds.default(1),
  sms_max_frequency: seconds.default(5),

  ...mailSettings,
  ...hookSettings,
  ...oauthServerSettings,
});

export type AuthSettings = z.infer<typeof authSettingsSchema>;

/** What must be sealed at rest and masked in answers. */
export function isSecretSetting(name: string): boolean {
  return /(_secret|_secrets|_pass|_api_key)$/.test(name);
}

const parsed = new WeakMap<EnvironmentRecord, AuthSettings>();

/** The environment's settings, parsed once per revision. Throws a zod error for a malformed record: control validates on save. */
export function authSettingsOf(environment: EnvironmentRecord): AuthSettings {
  const known = parsed.get(environment);
  if (known !== undefined) return known;
  const settings = authSettingsSchema.parse(environment.settings.auth);
  parsed.set(environment, settings);
  return settings;
}
