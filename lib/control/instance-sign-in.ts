/** How operators sign in: sessions, and the OpenID provider of the organisation. */

import { z } from 'zod';
import { makeInstanceGroup } from '#lib/control/instance-settings.ts';

const domain = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'a domain such as example.com');

/** Plain HTTP only to this machine: whoever sits between would name the operators. */
const issuer = z.union([
  z.literal(''),
  z
    .url()
    .max(500)
    .refine((text) => {
      const url = new URL(text);
      const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
      return url.protocol === 'https:' || (url.protocol === 'http:' && isLocal);
    }, 'an https address'),
]);

export const signInSettingsSchema = z
  .strictObject({
    session_idle_minutes: z
      .int()
      .min(5)
      .max(60 * 24 * 30)
      .default(60 * 24 * 7)
      .meta({ description: 'A session unused for so long ends' }),
    session_absolute_hours: z
      .int()
      .min(1)
      .max(24 * 90)
      .default(24 * 30)
      .meta({ description: 'No session lasts longer' }),
    second_factor_required: z
      .boolean()
      .default(false)
      .meta({ description: 'Operators without a second factor can set one up and do nothing else; their tokens are refused' }),
    sso_enabled: z.boolean().default(false),
    sso_name: z.string().trim().min(1).max(40).default('single sign-on'),
    sso_issuer: issuer.default(''),
    sso_client_id: z.string().trim().max(255).default(''),
    sso_client_secret: z.string().max(1024).default(''),
    sso_allowed_domains: z.array(domain).max(50).default([]).meta({ description: 'Of the email; none: every domain' }),
    sso_new_operators: z
      .enum(['invited', 'member', 'viewer', 'developer', 'admin'])
      .default('invited')
      .meta({ description: 'invited: only who was invited gets an account; else the platform role of new accounts' }),
    sso_required: z.boolean().default(false).meta({ description: 'Passwords then let in owners of the platform alone' }),
  })
  .superRefine((settings, check) => {
    const refuse = (path: keyof typeof settings, message: string) => check.addIssue({ code: 'custom', path: [path], message });
    if (settings.sso_enabled && settings.sso_issuer === '') refuse('sso_issuer', 'needed');
    if (settings.sso_enabled && settings.sso_client_id === '') refuse('sso_client_id', 'needed');
    if (settings.sso_required && !settings.sso_enabled) refuse('sso_required', 'needs sso_enabled');
    if (settings.sso_new_operators !== 'invited' && settings.sso_allowed_domains.length === 0) {
      refuse('sso_allowed_domains', 'needed when accounts are made without an invitation: everyone at the provider would get in');
    }
  });
export type SignInSettings = z.output<typeof signInSettingsSchema>;

export const instanceSignIn = makeInstanceGroup('sign_in', signInSettingsSchema);

export const redirectPath = '/sso';
