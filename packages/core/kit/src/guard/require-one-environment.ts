import { environmentNames } from '@opsgraph/config';
import { OpsError } from '@opsgraph/errors';
import type { TaskDefinition } from '../definition/task.ts';
import { seesEnvironment } from './sees-environment.ts';
import { type TurboCommand, turboCommand } from './turbo-command.ts';
import { unreachedTasks } from './unreached-tasks.ts';

export interface GraphMember {
  task: Pick<TaskDefinition, 'name' | 'effect' | 'needs' | 'readsConfig'>;
  /** The one that this task would act on. */
  environment: string;
  /** The one that tasks act on which are given none: OPS_ENV, or local. */
  otherwise: string;
  dryRun: boolean;
  projectRoot: string;
  /** Where the graph is: the directory above that of the domains. */
  workspace: string;
}

/**
 * One turbo run acts on one environment, and is a dry run as a whole or not at
 * all. What stands after `--` reaches only the named tasks, so each task reads
 * the command line of its turbo, and the first one already refuses.
 *
 * @throws OpsError GRAPH_ENVIRONMENTS, GRAPH_DRY_RUN (77)
 */
export function requireOneEnvironment(member: GraphMember, command: TurboCommand | undefined = turboCommand()): void {
  const { task, environment, otherwise, dryRun, projectRoot, workspace } = member;
  if (command === undefined || !seesEnvironment(task)) return;
  const unreached = command.handedOn.length === 0 ? [] : unreachedTasks(command, workspace);
  const handed = environmentsHandedOn(command.handedOn);
  const named = environmentsNamed(command.tasks, environmentNames(projectRoot));
  const wanted = [...new Set([...handed, ...named])];
  const acting = [
    { id: task.name, environment },
    ...unreached.map((other) => ({ id: other.id, environment: other.environment ?? otherwise })),
  ];
  const stray = acting.find((other) => wanted.some((name) => name !== other.environment));
  if (stray !== undefined) {
    const others = wanted.filter((name) => name !== stray.environment);
    throw new OpsError({
      code: 'GRAPH_ENVIRONMENTS',
      exit: 'refused',
      message: `this turbo run is for ${others.join(' and ')}, and ${stray.id} in it would act on ${stray.environment}; nothing was changed`,
      hint:
        named.length > 0
          ? 'the environment is in the name of a task (deploy:staging); start one run for each environment, without --env'
          : `words after -- reach only the named tasks; for all of them: ${opsRun(command)} --env ${others[0]!}, or OPS_ENV=${others[0]!} before turbo`,
    });
  }
  if (!command.handedOn.includes('--dry-run')) return;
  const writer = !dryRun && task.effect !== 'read' ? task.name : unreached[0]?.id;
  if (writer === undefined) return;
  throw new OpsError({
    code: 'GRAPH_DRY_RUN',
    exit: 'refused',
    message: `--dry-run after -- reaches only the named tasks, and ${writer} would have acted on ${environment}; nothing was changed`,
    hint: `what the graph would do: ${opsRun(command)} --dry-run; what one task would: pnpm --filter <domain> run <task> --dry-run`,
  });
}

function opsRun({ tasks }: TurboCommand): string {
  return `pnpm ops run ${tasks.join(' ')}`;
}

function environmentsHandedOn(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    if (word === '--env') return words[index + 1] ?? [];
    return word.startsWith('--env=') ? word.slice('--env='.length) : [];
  });
}

/** `deploy:staging` is bound to staging. */
function environmentsNamed(tasks: readonly string[], names: readonly string[]): string[] {
  return tasks.flatMap((task) => {
    const last = task.includes(':') ? task.slice(task.lastIndexOf(':') + 1) : '';
    return names.includes(last) ? last : [];
  });
}
