// Runs after each install, on whatever Node did the install (20 or later).
//
// `ops` is a program of the root, which pnpm finds from every directory. As a
// dependency of the root it would be one of every package, in turbo's eyes.
//
// pnpm writes node_modules/.bin/node as a shell script that stays between its
// caller and Node and does not pass signals on: a SIGTERM from turbo would end
// the script and leave the task running. A link to the pinned binary has no
// process in between.
//
// The toolchain's pnpm is the native one where there is one: it starts a script
// for a tenth of the CPU time of the JavaScript one, and passes a Ctrl-C of the
// terminal on once, not twice, which turbo takes for "kill at once".
import { existsSync, lstatSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const toolchain = dirname(fileURLToPath(import.meta.url));
const root = join(toolchain, '..', '..', '..');
const bin = join(root, 'node_modules', '.bin');
const platform = `${process.platform}-${process.arch}`;
const pinned = findProgram(root, [`node-${platform}`, `node-bin-${platform}`], join('bin', 'node'));
const pnpm = findProgram(toolchain, [`@pnpm/exe.${platform}`], 'pnpm');

if (pinned === undefined) {
  console.error(`no pinned Node for ${platform}; tasks run on ${process.version} and need 24 or later`);
} else {
  link(join(bin, 'node'), pinned);
  rmSync(join(bin, 'node.CMD'), { force: true });
  rmSync(join(bin, 'node.ps1'), { force: true });
}
if (pnpm !== undefined) link(join(toolchain, 'node_modules', '.bin', 'pnpm'), pnpm);
link(join(bin, 'ops'), join(root, 'packages', 'core', 'cli', 'ops.sh'));
link(join(bin, 'run-tests'), join(root, 'packages', 'workshop', 'testing', 'run-tests.mjs'));

function link(path, program) {
  const target = relative(dirname(path), program);
  if (isLinkTo(path, target)) return;
  // Renamed into place: a task that starts at this moment finds the old or the new one.
  const fresh = `${path}.${process.pid}`;
  symlinkSync(target, fresh);
  renameSync(fresh, path);
}

/** The program of the first package that is installed for this platform, as `folder` has it among its dependencies. */
function findProgram(folder, names, program) {
  const require = createRequire(join(folder, 'package.json'));
  for (const name of names) {
    try {
      const binary = join(dirname(require.resolve(`${name}/package.json`)), program);
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
