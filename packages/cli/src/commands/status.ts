/** `koyalite status` and `koyalite open`: is the server up, and its dashboard in the browser. */

import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import type { Bind, Context } from '../context.ts';
import { toTable } from '../output.ts';
import { projectsSchema } from './projects.ts';

export function addStatus(program: Command, bind: Bind): void {
  program.command('status').description('tell whether the server answers, and where').action(bind(showStatus));
  program
    .command('open')
    .description('open the dashboard in the browser')
    .option('--print', 'only print its address')
    .action(bind(open));
}

async function showStatus({ api, output }: Context): Promise<void> {
  const { url, pid } = api.server;
  const projects = await api.call('/projects', projectsSchema);
  const status = { running: true, url, pid, projects: projects.length };
  output.print(status, () => toTable(['field', 'value'], Object.entries(status)));
}

async function open({ api, output }: Context, options: { print?: boolean }): Promise<void> {
  const { url } = api.server;
  const opened = options.print !== true && !output.json && (await openBrowser(url));
  output.print({ url }, () => (opened ? `opened ${url}` : url));
}

/** False when this machine has no browser to open. */
function openBrowser(url: string): Promise<boolean> {
  const openers: Partial<Record<NodeJS.Platform, [string, string[]]>> = {
    darwin: ['open', [url]],
    win32: ['rundll32', ['url.dll,FileProtocolHandler', url]],
  };
  const [command, args] = openers[process.platform] ?? ['xdg-open', [url]];
  return new Promise((resolve) => {
    const child = spawn(command, args, { detached: true, stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
