import { join } from 'node:path';
import { run } from '@opsgraph/shell';
import { pnpmBin, toolPath } from '@opsgraph/toolchain/turbo';
import type { ScaffoldInput } from './write-new.ts';

/** Milliseconds; pnpm may have to ask a registry for what a lock file has no copy of. */
const longest = 600_000;

/** Links a package that is new, and writes its lines in pnpm-lock.yaml. @throws OpsError COMMAND_FAILED (76) */
export async function installNew({ root, env, signal, info }: ScaffoldInput): Promise<void> {
  info('pnpm install');
  await start([join(pnpmBin, 'pnpm'), 'install', '--no-frozen-lockfile', '--prefer-offline'], { root, env, signal });
}

/** `pnpm generate` in a process of its own: this one has loaded the definitions that were there before. */
export async function generate({ root, env, signal, info }: ScaffoldInput): Promise<void> {
  info('pnpm generate');
  await start([process.execPath, join(root, 'packages', 'core', 'catalogue', 'generate.ts')], { root, env, signal });
}

async function start(
  command: readonly string[],
  { root, env, signal }: Pick<ScaffoldInput, 'root' | 'env' | 'signal'>,
): Promise<void> {
  await run(command, { cwd: root, signal, timeout: longest, env: { ...env, PATH: toolPath(env['PATH']) } });
}
