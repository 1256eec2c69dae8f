/** Bundles the page for one project and serves it on the loopback: `node serve.mjs <url> <key> [port]`. */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { build } from 'esbuild';

const [url, key, port = '5173'] = process.argv.slice(2);
if (!url || !key) {
  console.error('Usage: node examples/react-auth/serve.mjs <project url> <key> [port]');
  process.exit(1);
}

const here = new URL('.', import.meta.url);
const bundle = await build({
  entryPoints: [new URL('main.tsx', here).pathname],
  bundle: true,
  write: false,
  format: 'esm',
  jsx: 'automatic',
  define: { PROJECT_URL: JSON.stringify(url), PROJECT_KEY: JSON.stringify(key), 'process.env.NODE_ENV': '"development"' },
});

const server = createServer((request, response) => {
  const isScript = request.url === '/app.js';
  response.setHeader('Content-Type', isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8');
  response.end(isScript ? bundle.outputFiles[0].text : readFileSync(new URL('index.html', here)));
});
server.listen(Number(port), '127.0.0.1', () => console.log(`http://localhost:${server.address().port}`));
