/**
 * The one entry of every npm script: brings Node 24, the dependencies and the dashboard build up to date, then runs
 * `start`, `dev`, `test` or `bench`. Depends on nothing, and its syntax stays readable to Node 14.14.
 */

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(fileURLToPath(import.meta.url));
const minimum = [24, 4];
const windows = process.platform === 'win32';
const nodeHome = path.join(root, '.node');
const at = (...parts) => path.join(root, ...parts);

const verbs = new Map(Object.entries({ start, dev, test, bench, build: buildDashboard }));

function say(text) {
  process.stderr.write(`koyalite: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}

function isNewEnough(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return major > minimum[0] || (major === minimum[0] && minor >= minimum[1]);
}

/** Runs a child on our terminal, hands signals on, and ends as it ended. */
function become(command, args, env) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal's Ctrl-C reaches the whole group: passing it on would deliver it twice.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => fail(`cannot run ${command}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code === null ? 1 : code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** Replaces this process where the platform can, so that signals and exit codes need no middleman. */
function exec(args) {
  const env = { NODE_COMPILE_CACHE: path.join(nodeHome, 'compile-cache'), NEXT_TELEMETRY_DISABLED: '1', ...process.env };
  if (typeof process.execve !== 'function') return become(process.execPath, args, env);
  process.chdir(root);
  process.removeAllListeners('warning');
  return process.execve(process.execPath, [process.execPath, ...args], env);
}

/** npm as a script for the Node that runs this file, or `npm` from the PATH. */
function npm(args) {
  const own = process.env.npm_execpath;
  const candidates = [
    own && /npm-cli\.(c|m)?js$/.test(own) ? own : '',
    path.join(path.dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js'),
    path.join(path.dirname(process.execPath), 'node_modules/npm/bin/npm-cli.js'),
  ];
  const script = candidates.find((file) => file !== '' && fs.existsSync(file));
  const options = { cwd: root, stdio: ['ignore', 2, 2], env: process.env };
  const result = script
    ? spawnSync(process.execPath, [script, ...args], options)
    : spawnSync('npm', args, { ...options, shell: windows });
  if (result.error) fail(`npm is needed and could not be run: ${result.error.message}`);
  return result.status === 0;
}

/** Node 24 from the npm registry, in `.node/`, for machines whose own is older. */
function fetchNode() {
  const platform = windows ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const binary = path.join(nodeHome, 'prefix/node_modules', name, 'bin', windows ? 'node.exe' : 'node');
  if (!works(binary)) {
    say(`Node ${process.versions.node} is older than ${minimum.join('.')}; fetching Node 24 into .node (once, about 40 MB)`);
    fs.mkdirSync(path.join(nodeHome, 'prefix'), { recursive: true });
    const arguments_ = ['install', '--prefix', path.join(nodeHome, 'prefix'), '--no-save', '--no-audit', '--no-fund'];
    if (!npm([...arguments_, `${name}@24`]) || !works(binary)) {
      fail(
        `could not fetch Node 24 for ${platform}-${process.arch}. Install Node ${minimum.join('.')} or newer, then run this again.`,
      );
    }
  }
  if (windows) return binary;
  const link = path.join(nodeHome, 'bin/node');
  fs.mkdirSync(path.dirname(link), { recursive: true });
  const target = path.relative(path.dirname(link), binary);
  if (readLink(link) !== target) {
    fs.rmSync(link, { force: true });
    fs.symlinkSync(target, link);
  }
  return link;
}

function works(binary) {
  if (!fs.existsSync(binary)) return false;
  const answer = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  return answer.status === 0 && isNewEnough(answer.stdout.trim());
}

function readLink(file) {
  try {
    return fs.readlinkSync(file);
  } catch {
    return null;
  }
}

function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Installs when the lock file is not the one `node_modules` was made from, or when what it puts beside a workspace is gone. */
function installDependencies() {
  const stamp = at('node_modules/.koyalite-lock');
  if (readText(stamp) === lockHash() && workspacesAreWhole()) return;
  // npm believes this listing of its own over the disk, and would put nothing back.
  fs.rmSync(at('node_modules/.package-lock.json'), { force: true });
  say('installing dependencies');
  if (!npm(['install', '--no-save', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error', '--progress=true'])) {
    fail('npm install failed; its messages are above.');
  }
  fs.writeFileSync(stamp, lockHash());
}

/** A copied or cached `node_modules` leaves out the folders of the workspaces. */
function workspacesAreWhole() {
  const { packages = {} } = JSON.parse(readText(at('package-lock.json')));
  const nested = Object.keys(packages).filter((name) => /^packages\/[^/]+\/node_modules\//.test(name));
  return nested.every((name) => packages[name].optional || fs.existsSync(at(name)));
}

function lockHash() {
  return createHash('sha256')
    .update(readText(at('package-lock.json')))
    .update(process.version)
    .digest('hex');
}

/** Names, sizes and times of what the dashboard is built from: a listing, because reading every file would cost each start. */
function dashboardFingerprint() {
  const hash = createHash('sha256').update(lockHash());
  const pending = ['app', 'components', 'packages/client/src', 'public', 'next.config.ts', 'postcss.config.mjs', 'tsconfig.json'];
  while (pending.length > 0) {
    const name = pending.pop();
    const entry = fs.statSync(at(name), { throwIfNoEntry: false });
    if (!entry) continue;
    if (entry.isDirectory()) for (const child of fs.readdirSync(at(name)).sort()) pending.push(`${name}/${child}`);
    // `next build` rewrites tsconfig.json with the same content: its time says nothing.
    else hash.update(name === 'tsconfig.json' ? readText(at(name)) : `${name}:${entry.size}:${Math.trunc(entry.mtimeMs)}\n`);
  }
  return hash.digest('hex');
}

function buildDashboard() {
  if (!fs.existsSync(at('app'))) return;
  const stamp = at('.next/koyalite-fingerprint');
  if (readText(stamp) === dashboardFingerprint()) return;
  say('building the dashboard (only when it changed)');
  const result = spawnSync(process.execPath, [at('node_modules/next/dist/bin/next'), 'build'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  });
  if (result.status !== 0) fail('the dashboard did not build; the messages are above.');
  fs.writeFileSync(stamp, dashboardFingerprint());
}

function start(rest) {
  buildDashboard();
  if (!fs.existsSync(at('server.ts'))) fail('server.ts is missing: this is not a whole KoyaLite tree.');
  exec(['server.ts', ...rest]);
}

function dev(rest) {
  process.env.NODE_ENV = process.env.NODE_ENV || 'development';
  const watched = ['lib', 'server.ts', 'prisma/generated', 'emails'].filter((name) => fs.existsSync(at(name)));
  exec([...watched.map((name) => `--watch-path=${name}`), '--watch-preserve-output', 'server.ts', ...rest]);
}

function test(rest) {
  exec(['tests/run-all.ts', ...rest]);
}

function bench(rest) {
  if (!fs.existsSync(at('tests/bench/bench.ts'))) fail('there is no benchmark in this tree (tests/bench/bench.ts).');
  exec(['tests/bench/bench.ts', ...rest]);
}

function main() {
  const [verb, ...rest] = process.argv.slice(2);
  const run = verbs.get(verb);
  if (run === undefined) fail(`usage: node bootstrap.mjs ${[...verbs.keys()].join('|')}`);
  if (!isNewEnough(process.versions.node)) {
    const node = fetchNode();
    const env = { ...process.env, PATH: path.dirname(node) + path.delimiter + (process.env.PATH || '') };
    return become(node, [fileURLToPath(import.meta.url), verb, ...rest], env);
  }
  installDependencies();
  return run(rest);
}

main();
