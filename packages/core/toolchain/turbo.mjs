// Where turbo and its surroundings are. Read by install.mjs on the Node that the
// machine happens to have (20 or later), and by packages/core/cli: plain JavaScript.
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const bin = join(root, 'node_modules', '.bin');
// Not among the root's own programs: `pnpm turbo` puts those into PATH as ./node_modules/.bin,
// and turbo would look for pnpm there from each package's directory.
export const pnpmBin = join(root, 'packages', 'core', 'toolchain', 'node_modules', '.bin');

/** PATH with the pinned Node, pnpm and the workspace's tools first. */
export function toolPath(path) {
  return [bin, pnpmBin, path].filter(Boolean).join(delimiter);
}

/** The program itself: turbo's wrapper leaves its children behind when it is killed. */
export function turbo() {
  const arch = process.arch === 'x64' ? '64' : process.arch;
  const native = join(
    realpathSync(join(root, 'node_modules', 'turbo')),
    '..',
    '@turbo',
    `${process.platform}-${arch}`,
    'bin',
    'turbo',
  );
  return existsSync(native) ? native : join(bin, 'turbo');
}
