/** The `koyalite` command: its options, its commands, and how it ends. */

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Command, CommanderError } from 'commander';
import { CliError } from './cli-error.ts';
import { addAudit } from './commands/audit.ts';
import { addAuth } from './commands/auth.ts';
import { addEnvironments } from './commands/environments.ts';
import { addImport } from './commands/import.ts';
import { addInstance } from './commands/instance.ts';
import { addKeys } from './commands/keys.ts';
import { addLogin } from './commands/login.ts';
import { addMails } from './commands/mails.ts';
import { addMembers } from './commands/members.ts';
import { addOperators } from './commands/operators.ts';
import { addProjects } from './commands/projects.ts';
import { addSettings } from './commands/settings.ts';
import { addSql } from './commands/sql.ts';
import { addStatus } from './commands/status.ts';
import { addToken } from './commands/token.ts';
import { addTokens } from './commands/tokens.ts';
import { readEnvironment, type Variables } from './config.ts';
import { makeBind } from './context.ts';
import { type Terminal, toCell } from './output.ts';

const { version }: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** Runs one command line (without `node` and the script) and returns the exit code: 0, 1 = failed, 2 = wrong usage. */
export async function run(args: readonly string[], terminal: Terminal, env: Variables): Promise<number> {
  const program = new Command('koyalite')
    .description('Projects, keys, SQL and imports of a KoyaLite server.')
    .version(version)
    .option('--json', 'print one JSON document')
    .option('--url <url>', 'the server (KOYALITE_URL; otherwise the one running here)')
    .option('--token <token>', 'the access token (KOYALITE_TOKEN)')
    .showHelpAfterError('hint: koyalite --help')
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err });
  const bind = makeBind(terminal, env);
  for (const add of [
    addProjects,
    addEnvironments,
    addKeys,
    addSql,
    addToken,
    addImport,
    addSettings,
    addStatus,
    addAuth,
    addMails,
    addMembers,
    addOperators,
    addInstance,
    addTokens,
    addAudit,
  ])
    add(program, bind);
  addLogin(program, (action) => bind((context, options) => action(context, env, { ...program.opts(), ...options })));
  inheritSettings(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof CliError)) throw error;
    terminal.err(`koyalite: ${error.message.split('\n').map(toCell).join('\n')}\n`);
    if (error.hint !== null) terminal.err(`hint: ${error.hint.split('\n').map(toCell).join('\n')}\n`);
    return error.exitCode;
  }
}

/** Commander copies settings only into commands made after them, and ours are made through their groups. */
function inheritSettings(parent: Command): void {
  for (const child of parent.commands) {
    child.copyInheritedSettings(parent);
    inheritSettings(child);
  }
}

/** The process's own entry, called by `bin/koyalite.mjs`. */
export async function main(): Promise<void> {
  const terminal: Terminal = {
    out: (chunk) => process.stdout.write(chunk),
    err: (chunk) => process.stderr.write(chunk),
    read: () => text(process.stdin),
    async ask(question, hidden = false) {
      if (!process.stdin.isTTY) return null;
      if (hidden) process.stderr.write(question);
      const output = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stderr;
      const lines = createInterface({ input: process.stdin, output, terminal: true });
      try {
        return await lines.question(question);
      } finally {
        if (hidden) process.stderr.write('\n');
        lines.close();
      }
    },
  };
  // A reader that stops early (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  process.exitCode = await run(process.argv.slice(2), terminal, readEnvironment());
}
