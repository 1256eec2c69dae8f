/** The auth settings an operator edits, in the page's order. Names are those of the Platform API. */

interface Common {
  name: string;
  label: string;
  hint?: string;
}

export type AuthSetting = Common &
  (
    | { kind: 'switch' }
    | { kind: 'text' }
    /** Never shown again once saved. */
    | { kind: 'secret' }
    /** Kept as one text with commas, edited one per line. */
    | { kind: 'list' }
    | { kind: 'number'; min: number; max: number }
    /** `value` is JSON: a choice may be null or a boolean. */
    | { kind: 'choice'; choices: { value: string; label: string }[] }
  );

export interface AuthSection {
  title: string;
  description?: string;
  settings: AuthSetting[];
}

const year = 365 * 24 * 3600;
const seconds = (name: string, label: string, max: number, hint?: string): AuthSetting => ({
  kind: 'number',
  name,
  label,
  min: 0,
  max,
  ...(hint === undefined ? {} : { hint }),
});

export const authSections: AuthSection[] = [
  {
    title: 'Sign-up',
    settings: [
      { kind: 'text', name: 'site_url', label: 'Site URL', hint: 'Where mailed links lead when nothing else is asked for.' },
      {
        kind: 'choice',
        name: 'mailer_autoconfirm',
        label: 'Confirm e-mail addresses',
        hint: 'Automatic: as soon as mails can leave this machine.',
        choices: [
          { value: 'null', label: 'Automatic' },
          { value: 'false', label: 'Always' },
          { value: 'true', label: 'Never' },
        ],
      },
      { kind: 'list', name: 'uri_allow_list', label: 'Redirect URLs', hint: 'One per line; * stands for a part, ** for any.' },
      { kind: 'switch', name: 'disable_signup', label: 'Close sign-up', hint: 'Only operators and invitations add users.' },
      { kind: 'switch', name: 'external_email_enabled', label: 'E-mail', hint: 'Sign in with a password, a link or a code.' },
      {
        kind: 'switch',
        name: 'external_phone_enabled',
        label: 'Phone',
        hint: 'Sign in with a texted code. Needs an SMS provider.',
      },
      {
        kind: 'switch',
        name: 'external_anonymous_users_enabled',
        label: 'Anonymous sign-in',
        hint: 'Users without any address; they can add one later.',
      },
      {
        kind: 'switch',
        name: 'mailer_secure_email_change_enabled',
        label: 'Secure e-mail change',
        hint: 'Both the old and the new address confirm.',
      },
    ],
  },
  {
    title: 'Passwords',
    settings: [
      { kind: 'number', name: 'password_min_length', label: 'Least length', min: 6, max: 72 },
      {
        kind: 'choice',
        name: 'password_breach_check',
        label: 'Leaked passwords',
        hint: 'Refuse passwords known from leaks.',
        choices: [
          { value: '"off"', label: 'Allow' },
          { value: '"offline"', label: 'Check the built-in list' },
          { value: '"hibp"', label: 'Also ask Have I Been Pwned' },
        ],
      },
      {
        kind: 'text',
        name: 'password_required_characters',
        label: 'Required characters',
        hint: 'Sets separated by a colon; a password needs one of each.',
      },
      {
        kind: 'switch',
        name: 'security_update_password_require_reauthentication',
        label: 'Reauthenticate to change',
        hint: 'Older sessions need a mailed code to change the password.',
      },
      {
        kind: 'switch',
        name: 'security_change_require_reauthentication',
        label: 'Reauthenticate for other changes',
        hint: 'Of the e-mail, the phone, second factors, passkeys and linked identities. Other sessions end.',
      },
      {
        kind: 'switch',
        name: 'security_update_password_require_current_password',
        label: 'Ask for the present password',
        hint: 'When a user who has one changes it.',
      },
    ],
  },
  {
    title: 'Sessions',
    settings: [
      { kind: 'number', name: 'jwt_exp', label: 'Access token lifetime (s)', min: 30, max: 604_800 },
      seconds('sessions_timebox', 'Longest session (s)', year, '0 is without end.'),
      seconds('sessions_inactivity_timeout', 'End after inactivity (s)', year, '0 is never.'),
      seconds('security_refresh_token_reuse_interval', 'Refresh token reuse (s)', 3600, 'A token may be used again this long.'),
      {
        kind: 'switch',
        name: 'refresh_token_rotation_enabled',
        label: 'Rotate refresh tokens',
        hint: 'A stolen one ends the session when it is used.',
      },
      {
        kind: 'switch',
        name: 'sessions_single_per_user',
        label: 'One session per user',
        hint: 'A new sign-in ends the earlier ones.',
      },
    ],
  },
  {
    title: 'Second factors',
    settings: [
      { kind: 'number', name: 'mfa_max_enrolled_factors', label: 'Most factors per user', min: 0, max: 100 },
      { kind: 'number', name: 'passkeys_max_per_user', label: 'Most passkeys per user', min: 0, max: 100 },
      {
        kind: 'switch',
        name: 'mfa_totp_enroll_enabled',
        label: 'Enrol an authenticator app',
        hint: 'Six digits from an app (TOTP).',
      },
      {
        kind: 'switch',
        name: 'mfa_totp_verify_enabled',
        label: 'Verify with an authenticator app',
        hint: 'Those enrolled may use it.',
      },
      { kind: 'switch', name: 'mfa_phone_enroll_enabled', label: 'Enrol a phone', hint: 'A texted code as the second factor.' },
      { kind: 'switch', name: 'mfa_phone_verify_enabled', label: 'Verify with a phone', hint: 'Those enrolled may use it.' },
      { kind: 'switch', name: 'passkeys_enabled', label: 'Passkeys', hint: 'Sign in with the device instead of a password.' },
    ],
  },
  {
    title: 'Mail sender',
    description: 'Without a server mails stay in the local outbox.',
    settings: [
      { kind: 'text', name: 'smtp_admin_email', label: 'From address' },
      { kind: 'text', name: 'smtp_sender_name', label: 'From name' },
      { kind: 'text', name: 'smtp_host', label: 'SMTP host' },
      { kind: 'number', name: 'smtp_port', label: 'SMTP port', min: 1, max: 65_535 },
      { kind: 'text', name: 'smtp_user', label: 'SMTP user' },
      { kind: 'secret', name: 'smtp_pass', label: 'SMTP password' },
      { kind: 'secret', name: 'resend_api_key', label: 'Resend API key', hint: 'Instead of SMTP.' },
      { kind: 'number', name: 'rate_limit_email_sent', label: 'Mails per hour', hint: '0 is no limit.', min: 0, max: 1_000_000 },
    ],
  },
];
