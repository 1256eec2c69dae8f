/** The order of the documentation. */
export default {
  guide: [
    'intro',
    'quickstart',
    'row-level-security',
    'auth',
    'oauth-server',
    'operators',
    'dashboard',
    'architecture',
    'durability',
    'data-at-rest',
    'deployment',
    {
      type: 'category',
      label: 'Reference',
      collapsed: false,
      items: [
        'reference/rest',
        'reference/rest-differences',
        'reference/client-methods',
        'reference/security-cases',
        'reference/sql',
        'reference/koyalite-sql',
        'reference/cli',
        'reference/platform-api',
        'reference/configuration',
      ],
    },
  ],
};
