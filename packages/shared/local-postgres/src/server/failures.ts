import { OpsError } from '@opsgraph/errors';
import { CommandFailed } from '@opsgraph/shell';
import { command } from '@opsgraph/terminal';
import { placesOf } from './cluster.ts';

const noSpace = /no space left|check free disk space|disk quota exceeded|file too large|ENOSPC|EDQUOT|EFBIG/i;
const noPermission =
  /permission denied|operation not permitted|read-only file system|not a directory|EACCES|EPERM|EROFS|ENOTDIR|EEXIST/i;

/** What stopped the making of a cluster, told with the remedy; an OpsError that tells more passes unchanged. */
export function cannotCreate(home: string, cause: unknown): unknown {
  if (cause instanceof OpsError && !(cause instanceof CommandFailed)) return cause;
  const lines = cause instanceof CommandFailed ? cause.problems : [(cause as Error).message];
  const text = lines.join('\n');
  if (!(cause instanceof CommandFailed) && !noSpace.test(text) && !noPermission.test(text)) return cause;
  const full = noSpace.test(text);
  return new OpsError({
    code: full ? 'LOCAL_POSTGRES_NO_SPACE' : 'LOCAL_POSTGRES_NOT_CREATED',
    exit: full ? 'ioError' : 'cannotCreate',
    message: full
      ? `there is no room for the local PostgreSQL in ${home}`
      : `the local PostgreSQL could not be created in ${home}`,
    hint: full
      ? `free space (about 60 MB to begin with), then run the same command again: df -h ${home}`
      : `see that its directory may be written: ${command`ls -ld ${home}`}`,
    problems: lines,
    cause,
  });
}

/** A server that did not start says why in its log: `lines`. */
export function cannotStart(home: string, lines: string[], cause: unknown): unknown {
  if (!(cause instanceof CommandFailed)) return cause;
  const { log } = placesOf(home);
  const full = noSpace.test(lines.join('\n'));
  return new OpsError({
    code: full ? 'LOCAL_POSTGRES_NO_SPACE' : 'LOCAL_POSTGRES_NOT_STARTED',
    exit: full ? 'ioError' : 'unavailable',
    message: `the local PostgreSQL in ${home} did not start`,
    hint: full
      ? `free space, then run the same command again: df -h ${home}`
      : `its log: ${log}; to start over without its data: pnpm --filter setup run destroy-postgres`,
    problems: lines.length > 0 ? lines : cause.problems,
    cause,
  });
}

export function otherVersion(data: string, found: string, wanted: number): OpsError {
  return new OpsError({
    code: 'LOCAL_POSTGRES_OTHER_VERSION',
    exit: 'configuration',
    message: `the data in ${data} was written by PostgreSQL ${found}, installed is ${wanted}`,
    hint: 'use the checkout of that version to save it; or discard the data: pnpm --filter setup run destroy-postgres, then npm start',
  });
}
