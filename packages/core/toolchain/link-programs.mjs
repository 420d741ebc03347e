// Runs after each install, on whatever Node did the install (20 or later).
//
// `ops` is a program of the root, which pnpm finds from every directory. As a
// dependency of the root it would be one of every package, in turbo's eyes.
//
// pnpm writes node_modules/.bin/node as a shell script that stays between its
// caller and Node and does not pass signals on: a SIGTERM from turbo would end
// the script and leave the task running. A link to the pinned binary has no
// process in between.
import { existsSync, lstatSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const bin = join(root, 'node_modules', '.bin');
const pinned = findPinnedNode(createRequire(join(root, 'package.json')));

if (pinned === undefined) {
  console.error(
    `no pinned Node for ${process.platform}-${process.arch}; tasks run on ${process.version} and need 24 or later`,
  );
} else {
  link('node', pinned);
  rmSync(join(bin, 'node.CMD'), { force: true });
  rmSync(join(bin, 'node.ps1'), { force: true });
}
link('ops', join(root, 'packages', 'core', 'cli', 'ops.mjs'));
link('run-tests', join(root, 'packages', 'workshop', 'testing', 'run-tests.mjs'));

function link(name, program) {
  const path = join(bin, name);
  const target = relative(bin, program);
  if (isLinkTo(path, target)) return;
  // Renamed into place: a task that starts at this moment finds the old or the new one.
  const fresh = `${path}.${process.pid}`;
  symlinkSync(target, fresh);
  renameSync(fresh, path);
}

function findPinnedNode(require) {
  const names = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`];
  for (const name of names) {
    try {
      const binary = join(dirname(require.resolve(`${name}/package.json`)), 'bin', 'node');
      if (existsSync(binary)) return binary;
    } catch {
      // not a platform this name exists for
    }
  }
  return undefined;
}

function isLinkTo(path, target) {
  try {
    return lstatSync(path).isSymbolicLink() && readlinkSync(path) === target;
  } catch {
    return false;
  }
}
