/**
 * Auth settings for apps with health data and the like: what the defaults, which are Supabase's, leave open for the sake of
 * trying things out. Hardening only ever tightens: what is stricter already stays.
 */

type Rule =
  | { readonly is: boolean | string }
  /** 0 means unlimited and is the weakest. */
  | { readonly atMost: number }
  | { readonly atLeast: number }
  /** The last is the strictest. */
  | { readonly strongerThan: readonly string[]; readonly is: string };

export const hardenedAuth: Readonly<Record<string, Rule>> = {
  security_change_require_reauthentication: { is: true },
  security_update_password_require_reauthentication: { is: true },
  security_update_password_require_current_password: { is: true },
  security_reauthentication_age_seconds: { atMost: 900 },
  password_min_length: { atLeast: 15 },
  password_breach_check: { strongerThan: ['off'], is: 'offline' },
  rate_limit_failed_passwords: { atMost: 5 },
  rate_limit_verify: { atMost: 30 },
  rate_limit_otp: { atMost: 30 },
  mailer_autoconfirm: { is: false },
  mailer_secure_email_change_enabled: { is: true },
  mailer_link_confirmation: { is: 'page' },
  mailer_otp_exp: { atMost: 1800 },
  mailer_code_exp: { atMost: 600 },
  external_anonymous_users_enabled: { is: false },
  jwt_exp: { atMost: 900 },
  refresh_token_rotation_enabled: { is: true },
  security_refresh_token_reuse_interval: { atMost: 10 },
  sessions_timebox: { atMost: 43_200 },
  sessions_inactivity_timeout: { atMost: 3600 },
  sessions_allow_low_aal: { atMost: 900 },
  mfa_totp_enroll_enabled: { is: true },
  mfa_totp_verify_enabled: { is: true },
  mfa_recovery_codes_enroll_enabled: { is: true },
  mfa_recovery_codes_verify_enabled: { is: true },
};

/** 0 seconds of reuse are the strictest, not without end. */
const zeroIsStrict = new Set(['security_refresh_token_reuse_interval', 'security_reauthentication_age_seconds']);

/** What has to change; empty when everything is strict enough. */
export function toHardening(settings: Readonly<Record<string, unknown>>): Record<string, boolean | number | string> {
  const patch: Record<string, boolean | number | string> = {};
  for (const [name, rule] of Object.entries(hardenedAuth)) {
    if (!holds(name, rule, settings[name])) patch[name] = toValue(rule);
  }
  return patch;
}

function holds(name: string, rule: Rule, value: unknown): boolean {
  if ('strongerThan' in rule) return typeof value === 'string' && !rule.strongerThan.includes(value);
  if ('is' in rule) return value === rule.is;
  if (typeof value !== 'number') return false;
  if ('atLeast' in rule) return value >= rule.atLeast;
  return value <= rule.atMost && (value > 0 || zeroIsStrict.has(name));
}

function toValue(rule: Rule): boolean | number | string {
  if ('is' in rule) return rule.is;
  return 'atLeast' in rule ? rule.atLeast : rule.atMost;
}
