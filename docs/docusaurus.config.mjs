/** The documentation site: guides and reference from `docs/`, decision records from `decisions/`. A broken link fails the build. */

/** @type {import('@docusaurus/types').Config} */
export default {
  title: 'KoyaLite',
  tagline: "Supabase's developer experience on SQLite, in one process",
  url: 'https://koyalite.example',
  baseUrl: '/',
  favicon: 'favicon.svg',
  onBrokenLinks: 'throw',
  onBrokenAnchors: 'throw',
  markdown: { hooks: { onBrokenMarkdownLinks: 'throw' } },
  i18n: { defaultLocale: 'en', locales: ['en'] },
  presets: [
    [
      'classic',
      {
        docs: { path: 'docs', routeBasePath: '/', sidebarPath: './sidebars.mjs' },
        blog: false,
        theme: { customCss: './src/css/site.css' },
      },
    ],
  ],
  plugins: [
    [
      '@docusaurus/plugin-content-docs',
      { id: 'decisions', path: 'decisions', routeBasePath: 'decisions', sidebarPath: './sidebars-decisions.mjs' },
    ],
  ],
  themeConfig: {
    colorMode: { respectPrefersColorScheme: true },
    navbar: {
      title: 'KoyaLite',
      logo: { alt: '', src: 'favicon.svg' },
      items: [
        { type: 'docSidebar', sidebarId: 'guide', label: 'Documentation', position: 'left' },
        { to: '/decisions', label: 'Decisions', position: 'left' },
      ],
    },
    prism: { additionalLanguages: ['bash', 'sql', 'json'] },
  },
};
