import { dirname } from 'node:path/posix';
import { OpsError } from '@opsgraph/errors';
import { mask } from '@opsgraph/secrets';
import { formatBytes } from '@opsgraph/text';
import type { Manifest } from '../artifact/manifest.ts';
import type { DeploymentSettings } from '../settings.ts';
import { intruderOf } from './ask.ts';
import type { HostState } from './host-state.ts';

/** Above it a person should know; leases and journal do not depend on it. */
const notedSkew = 60_000;
/** For what is written beside a release. */
const spareInodes = 32;

/**
 * What a deployment needs of its hosts, all problems of all hosts at once.
 *
 * @throws OpsError HOST_HELD (75), HOSTS_NOT_READY (76)
 */
export function checkHosts(
  states: readonly HostState[],
  manifest: Manifest | undefined,
  settings: DeploymentSettings,
  ledger: string,
  warn: (text: string) => void,
): void {
  const held = states.find(({ fence }) => fence.isLive && fence.ledger !== ledger);
  if (held !== undefined) {
    throw new OpsError({
      code: 'HOST_HELD',
      exit: 'tryLater',
      message: `${held.host}: ${held.fence.holder} deploys there, recorded in another database (${held.fence.ledger})`,
      hint: 'two environments share a release root; give each its own deployment.root',
    });
  }
  const problems = states.flatMap((state) => [
    ...(state.root === 'unwritable' ? [`${state.host}: the release root ${state.path} cannot be written`] : []),
    ...(state.lacks.length > 0 ? [`${state.host}: has no ${state.lacks.join(', ')}`] : []),
    ...(state.lacks.length === 0 && manifest !== undefined ? roomProblems(state, manifest) : []),
    ...(manifest === undefined ? [] : portProblems(state, settings)),
    ...(state.strange === undefined
      ? []
      : [`${state.host}: current points to ${state.strange}, which is not a release`]),
  ]);
  for (const { host, clockAhead } of states)
    if (Math.abs(clockAhead) > notedSkew)
      warn(`${host}: its clock is ${Math.round(Math.abs(clockAhead) / 1000)} s ${clockAhead > 0 ? 'ahead' : 'behind'}`);
  if (problems.length === 0) return;
  const lacksRoom = problems.some((problem) => / (MB|inodes) free, /.test(problem));
  throw new OpsError({
    code: 'HOSTS_NOT_READY',
    exit: 'remote',
    message: problems.length === 1 ? problems[0]! : `${problems.length} problems with the hosts`,
    hint: `fix it, then deploy again; nothing was touched${lacksRoom ? ' (to remove old releases: pnpm --filter deployment run prune-releases:ENVIRONMENT)' : ''}`,
    problems: problems.length === 1 ? [] : problems,
  });
}

/** As if no file could be linked to one that is there. */
function roomProblems({ host, releases, free, freeInodes }: HostState, { id, files, links }: Manifest): string[] {
  if (releases.get(id) === 'complete') return [];
  const bytes = files.reduce((sum, { size }) => sum + size + 4096, 0);
  const directories = new Set([...files, ...links].map(({ path }) => dirname(path))).size;
  const inodes = files.length + links.length + directories + spareInodes;
  return [
    ...(free < bytes ? [`${host}: has ${formatBytes(free)} free, the release needs ${formatBytes(bytes)}`] : []),
    ...(freeInodes !== undefined && freeInodes < inodes
      ? [`${host}: has ${freeInodes} inodes free, the release needs ${inodes}`]
      : []),
  ];
}

/** Before anything is switched: the service could not listen there. */
function portProblems(state: HostState, settings: DeploymentSettings): string[] {
  return [...state.taken.keys()].flatMap((port) => {
    const who = intruderOf(settings, state, port);
    if (who === undefined) return [];
    return `${state.host}: port ${port} is taken by ${mask(who)}, which is not its service (stop it, or choose another port)`;
  });
}
