import { OpsError } from '@opsgraph/errors';
import { run } from '@opsgraph/shell';
import { agree, count } from '@opsgraph/text';

export interface Commit {
  /** undefined: this is no checkout of git. */
  commit: string | undefined;
  /** Files that are not as in the commit. */
  changed: readonly string[];
}

/** Which commit the project is, and what in it is not committed. */
export async function readCommit(projectRoot: string, signal: AbortSignal): Promise<Commit> {
  // Git refuses a checkout of another user (a CI runner); the tasks of it are running already.
  const git = ['git', '-c', `safe.directory=${projectRoot}`, '-c', 'core.fsmonitor=false', '-C', projectRoot];
  const options = { timeout: 30_000, signal, allowedExitCodes: [0, 128] };
  const head = await run([...git, 'rev-parse', '--verify', 'HEAD'], options);
  if (head.exitCode !== 0) return { commit: undefined, changed: [] };
  const { stdout } = await run(
    [...git, 'status', '--porcelain', '-z', '--no-renames', '--untracked-files=all'],
    options,
  );
  return {
    commit: head.stdout.trim(),
    changed: stdout
      .split('\0')
      .filter((entry) => entry !== '')
      .map((entry) => entry.slice(3)),
  };
}

/** @throws OpsError TREE_NOT_CLEAN (77) */
export function requireClean({ commit, changed }: Commit, environment: string): void {
  if (commit !== undefined && changed.length === 0) return;
  throw new OpsError({
    code: 'TREE_NOT_CLEAN',
    exit: 'refused',
    message:
      commit === undefined
        ? 'this is not a git checkout, so there is no commit to record'
        : `${count(changed.length, 'file')} ${agree(changed.length, 'has', 'have')} uncommitted changes`,
    hint: `commit them; what is deployed to ${environment} must be a commit`,
    problems: changed.slice(0, 10),
  });
}
