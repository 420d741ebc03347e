import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export interface RunIdentity {
  /** 20261122T143005123Z-9f86d081: sorts by time. */
  id: string;
  actor: string;
  host: string;
  ciJob: string | undefined;
  gitCommit: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Who runs this, where, and for which commit. */
export function identifyRun(projectRoot: string, env: Env): RunIdentity {
  const time = new Date().toISOString().replaceAll(/[-:.]/g, '');
  return {
    id: `${time}-${randomBytes(4).toString('hex')}`,
    actor: actor(env),
    host: hostname(),
    ciJob: ciJob(env),
    gitCommit: env['GITHUB_SHA'] ?? env['CI_COMMIT_SHA'] ?? headCommit(projectRoot),
  };
}

/** The account of the operating system, and the person behind sudo. */
function actor(env: Env): string {
  let account: string;
  try {
    account = userInfo().username;
  } catch {
    // a container whose user id has no name
    account = `uid ${process.getuid?.()}`;
  }
  return env['SUDO_USER'] ? `${env['SUDO_USER']} as ${account}` : account;
}

function ciJob(env: Env): string | undefined {
  if (env['GITHUB_RUN_ID'])
    return `${env['GITHUB_SERVER_URL']}/${env['GITHUB_REPOSITORY']}/actions/runs/${env['GITHUB_RUN_ID']}`;
  return env['CI_JOB_URL'] ?? env['BUILD_URL'];
}

/** HEAD without starting git: a loose or packed reference. */
function headCommit(projectRoot: string): string | undefined {
  try {
    const git = gitDirectory(projectRoot);
    const head = readFileSync(join(git, 'HEAD'), 'utf8').trim();
    if (!head.startsWith('ref: ')) return head;
    const reference = head.slice(5);
    const common = commonDirectory(git);
    try {
      return readFileSync(join(common, reference), 'utf8').trim();
    } catch {
      return readFileSync(join(common, 'packed-refs'), 'utf8')
        .split('\n')
        .find((line) => line.endsWith(` ${reference}`))
        ?.split(' ')[0];
    }
  } catch {
    return undefined;
  }
}

/** In a linked worktree `.git` is a file that names the directory. */
function gitDirectory(projectRoot: string): string {
  const path = join(projectRoot, '.git');
  try {
    return resolve(projectRoot, readFileSync(path, 'utf8').replace('gitdir: ', '').trim());
  } catch {
    return path;
  }
}

function commonDirectory(git: string): string {
  try {
    return resolve(git, readFileSync(join(git, 'commondir'), 'utf8').trim());
  } catch {
    return git.includes('.git') ? git : dirname(git);
  }
}
