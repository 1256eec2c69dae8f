/** The OAuth providers an operator can turn on, most used first. */

export interface Provider {
  name: string;
  title: string;
  /** Whether it has an address of the operator's own. */
  hasUrl?: true;
}

export const providers: Provider[] = [
  { name: 'google', title: 'Google' },
  { name: 'github', title: 'GitHub' },
  { name: 'apple', title: 'Apple' },
  { name: 'azure', title: 'Microsoft', hasUrl: true },
  { name: 'discord', title: 'Discord' },
  { name: 'facebook', title: 'Facebook' },
  { name: 'gitlab', title: 'GitLab', hasUrl: true },
  { name: 'slack_oidc', title: 'Slack' },
  { name: 'linkedin_oidc', title: 'LinkedIn' },
  { name: 'x', title: 'X' },
  { name: 'keycloak', title: 'Keycloak', hasUrl: true },
  { name: 'okta', title: 'Okta', hasUrl: true },
  { name: 'auth0', title: 'Auth0', hasUrl: true },
  { name: 'figma', title: 'Figma' },
  { name: 'kakao', title: 'Kakao' },
  { name: 'line', title: 'LINE' },
  { name: 'spotify', title: 'Spotify' },
  { name: 'twitch', title: 'Twitch' },
  { name: 'zoom', title: 'Zoom' },
];
