import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProcess } from './run-process.ts';

/** Installed for a bench, in a directory of its own; never part of the workspace. */
export const peerVersions = {
  dbmate: '2.36.0',
  'graphile-migrate': '1.4.1',
  knex: '3.3.0',
  'node-pg-migrate': '9.0.0',
  pg: '8.23.1',
} as const;

/** Installs the peers into `directory` and puts our hand-written rivals (../peers) beside them. */
export async function installPeers(directory: string): Promise<void> {
  await cp(join(import.meta.dirname, '..', 'peers'), directory, { recursive: true });
  await writeFile(join(directory, 'package.json'), JSON.stringify({ private: true, dependencies: peerVersions }));
  // The scripts of strangers are not needed: dbmate's program comes in a package of its own.
  const install = ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'] as const;
  // All of the caller's environment: a proxy or a mirror is told to npm by it.
  await runProcess([...install], { directory, env: process.env, timeout: 120_000 });
}
