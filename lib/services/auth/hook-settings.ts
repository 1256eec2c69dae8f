/** Settings of hooks: each is off, or a SQL function (`pg-functions://postgres/<schema>/<name>`) or an HTTP address. */

import { z } from 'zod';

const uri = z.string().default('');
/** `v1,whsec_<base64>`, several separated by `|`: the keys of the Standard Webhooks signature. */
const secrets = z.string().default('');
const enabled = z.boolean().default(false);

export const hookSettings = {
  hook_before_user_created_enabled: enabled,
  hook_before_user_created_uri: uri,
  hook_before_user_created_secrets: secrets,
  hook_custom_access_token_enabled: enabled,
  hook_custom_access_token_uri: uri,
  hook_custom_access_token_secrets: secrets,
  hook_send_email_enabled: enabled,
  hook_send_email_uri: uri,
  hook_send_email_secrets: secrets,
  hook_send_sms_enabled: enabled,
  hook_send_sms_uri: uri,
  hook_send_sms_secrets: secrets,
  hook_password_verification_attempt_enabled: enabled,
  hook_password_verification_attempt_uri: uri,
  hook_password_verification_attempt_secrets: secrets,
  hook_mfa_verification_attempt_enabled: enabled,
  hook_mfa_verification_attempt_uri: uri,
  hook_mfa_verification_attempt_secrets: secrets,
};
