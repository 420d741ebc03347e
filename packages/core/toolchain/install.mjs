// Runs on the Node that the machine happens to have (20 or later), before
// anything is installed: plain JavaScript, no dependencies.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pnpmBin, root, toolPath } from './turbo.mjs';

export { root, turbo } from './turbo.mjs';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** What pnpm is asked for. What another major of it has installed is replaced: without a terminal it would refuse that. */
export const installing = [
  'install',
  '--frozen-lockfile',
  '--reporter=append-only',
  '--config.confirmModulesPurge=false',
];

/** Installs with the pinned pnpm unless what is there fits the lock file. */
export async function install() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    console.error(`Opsgraph is started with Node 20 or later; this is ${process.version}`);
    process.exit(78);
  }
  if (isInstalled()) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  // pnpm and corepack check the hash behind +; npx asks the registry for its own.
  console.log(`installing with ${packageManager.split('+')[0]}`);
  const started = performance.now();
  const code = await run('npx', ['--yes', packageManager, ...installing], { quietUnlessFailed: true });
  if (code !== 0) process.exit(code);
  console.log(`installed in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

/** pnpm writes .modules.yaml at the end of an install, and keeps the lock file it installed from. */
function isInstalled() {
  const installed = join(root, 'node_modules', '.pnpm', 'lock.yaml');
  if (!existsSync(installed) || !existsSync(join(pnpmBin, 'pnpm'))) return false;
  if (!existsSync(join(root, 'node_modules', '.modules.yaml'))) return false;
  const wanted = join(root, 'pnpm-lock.yaml');
  return (
    statSync(installed).mtimeMs >= statSync(wanted).mtimeMs ||
    readFileSync(installed, 'utf8') === readFileSync(wanted, 'utf8')
  );
}

/**
 * Runs a program with the pinned Node and the workspace's tools first in PATH
 * and returns its exit code. A signal is passed on and decides the code: turbo
 * itself ends with 0 when it is interrupted.
 */
export function run(command, args, { quietUnlessFailed = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, PATH: toolPath(process.env.PATH) },
      stdio: quietUnlessFailed ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
    const telling = quietUnlessFailed && setInterval(() => tellProgress(output), 5000);
    let received;
    const pass = (signal) => {
      received ??= signal;
      // A terminal signals the whole group: the child has it already, and turbo takes a second one for "kill at once".
      if (signal === 'SIGTERM' || !(process.stdin.isTTY || process.stdout.isTTY)) child.kill(signal);
    };
    for (const signal of signals) process.on(signal, pass);
    const done = (code, signal) => {
      clearInterval(telling);
      for (const each of signals) process.off(each, pass);
      if (code !== 0) process.stderr.write(output);
      resolve(received === undefined ? (code ?? codeOf(signal)) : codeOf(received));
    };
    child.on('error', (error) => {
      process.stderr.write(`${command} cannot be started: ${error.message}\n`);
      done(127, null);
    });
    child.on('close', done);
  });
}

/** The last that it said: on a slow network that takes minutes. */
function tellProgress(output) {
  const line = output.trimEnd().split('\n').at(-1);
  console.log(`  ${line === '' ? 'waiting for the registry' : line}`);
}

function codeOf(signal) {
  return { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }[signal] ?? 137;
}
