/** The API's table of contents. */

import { accountRoutes } from '#lib/control/platform-api/account-routes.ts';
import { advisorRoutes } from '#lib/control/platform-api/advisor-routes.ts';
import { apiKeyRoutes } from '#lib/control/platform-api/api-key-routes.ts';
import type { Route } from '#lib/control/platform-api/api-route.ts';
import { appRoleRoutes } from '#lib/control/platform-api/app-role-routes.ts';
import { auditRoutes } from '#lib/control/platform-api/audit-routes.ts';
import { authConfigRoutes } from '#lib/control/platform-api/auth-config-routes.ts';
import { authUserRoutes } from '#lib/control/platform-api/auth-user-routes.ts';
import { databaseRoutes } from '#lib/control/platform-api/database-routes.ts';
import { environmentRoutes } from '#lib/control/platform-api/environment-routes.ts';
import { factorRoutes } from '#lib/control/platform-api/factor-routes.ts';
import { impersonationRoutes } from '#lib/control/platform-api/impersonation-routes.ts';
import { instanceRoutes } from '#lib/control/platform-api/instance-routes.ts';
import { logRoutes } from '#lib/control/platform-api/log-routes.ts';
import { mailRoutes } from '#lib/control/platform-api/mail-routes.ts';
import { memberRoutes } from '#lib/control/platform-api/member-routes.ts';
import { oauthClientRoutes } from '#lib/control/platform-api/oauth-client-routes.ts';
import { policyRoutes } from '#lib/control/platform-api/policy-routes.ts';
import { projectRoutes } from '#lib/control/platform-api/project-routes.ts';
import { sessionRoutes } from '#lib/control/platform-api/session-routes.ts';
import { settingsRoutes } from '#lib/control/platform-api/settings-routes.ts';
import { signingKeyRoutes } from '#lib/control/platform-api/signing-key-routes.ts';
import { ssoRoutes } from '#lib/control/platform-api/sso-routes.ts';
import { tokenRoutes } from '#lib/control/platform-api/token-routes.ts';

export const routes: readonly Route[] = [
  ...sessionRoutes,
  ...ssoRoutes,
  ...accountRoutes,
  ...factorRoutes,
  ...projectRoutes,
  ...memberRoutes,
  ...instanceRoutes,
  ...environmentRoutes,
  ...apiKeyRoutes,
  ...signingKeyRoutes,
  ...tokenRoutes,
  ...databaseRoutes,
  ...policyRoutes,
  ...settingsRoutes,
  ...authConfigRoutes,
  ...authUserRoutes,
  ...appRoleRoutes,
  ...oauthClientRoutes,
  ...impersonationRoutes,
  ...mailRoutes,
  ...advisorRoutes,
  ...auditRoutes,
  ...logRoutes,
];
