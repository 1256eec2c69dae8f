/**
 * Renders the React Email templates once, placeholders and all, into `lib/identity/generated/mail-templates.ts`. The server
 * only fills placeholders: no React and no JSX at run time, and an operator's own template is the same kind of text.
 * `node emails/build.mjs` writes the file; `--check` fails when it is out of date; `--preview <folder>` writes HTML to look at.
 */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const target = fileURLToPath(new URL('../lib/identity/generated/mail-templates.ts', import.meta.url));
const files = readdirSync(join(here, 'templates')).sort();
const toName = (file) => basename(file, '.tsx').replaceAll('-', '_');

export async function renderTemplates() {
  const entry = files.map((file) => `export * as ${toName(file)} from './templates/${file}';`).join('\n');
  const outfile = join(here, '..', 'node_modules', '.cache', `emails-${process.pid}.mjs`);
  await build({
    stdin: {
      contents: `${entry}\nexport { render } from '@react-email/render';\nexport { createElement } from 'react';`,
      resolveDir: here,
      loader: 'ts',
    },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    jsx: 'automatic',
    outfile,
  });
  try {
    const { render, createElement, ...templates } = await import(pathToFileURL(outfile).href);
    const rendered = [];
    for (const name of files.map(toName)) {
      const { default: Template, subject } = templates[name];
      const html = (await render(createElement(Template))).replaceAll('<!-- -->', '');
      const text = await render(createElement(Template), { plainText: true, htmlToTextOptions: { wordwrap: false } });
      rendered.push([name, { subject, html, text }]);
    }
    return rendered;
  } finally {
    rmSync(outfile, { force: true });
  }
}

function toModule(rendered) {
  const entries = rendered.map(([name, template]) => `  ${name}: ${JSON.stringify(template)},`);
  return `/** Written by \`node emails/build.mjs\` from the templates in \`emails/\`: change those. */

import type { MailTemplate } from '#lib/identity/mail-template.ts';

export const mailTemplates = {
${entries.join('\n')}
} as const satisfies Record<string, MailTemplate>;
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rendered = await renderTemplates();
  const module = toModule(rendered);
  const preview = process.argv.indexOf('--preview');
  if (preview > 0) {
    const folder = process.argv[preview + 1];
    mkdirSync(folder, { recursive: true });
    for (const [name, { html }] of rendered) writeFileSync(join(folder, `${name}.html`), html);
  } else if (!process.argv.includes('--check')) {
    writeFileSync(target, module);
  } else if (readFileSync(target, 'utf8') !== module) {
    console.error('lib/identity/generated/mail-templates.ts is out of date: run node emails/build.mjs');
    process.exitCode = 1;
  }
}
