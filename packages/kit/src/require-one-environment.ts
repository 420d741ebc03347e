import { environmentNames } from '@opsgraph/config';
import { OpsError } from '@opsgraph/errors';
import { seesEnvironment } from './sees-environment.ts';
import type { TaskDefinition } from './task.ts';
import { type TurboCommand, turboCommand } from './turbo-command.ts';

export interface GraphMember {
  task: Pick<TaskDefinition, 'name' | 'effect' | 'needs' | 'readsConfig'>;
  /** The one that this task would act on. */
  environment: string;
  dryRun: boolean;
  projectRoot: string;
}

/**
 * One turbo run acts on one environment, and is a dry run as a whole or not at
 * all. What stands after `--` reaches only the named tasks, so each task reads
 * the command line of its turbo, and the first one already refuses.
 *
 * @throws OpsError GRAPH_ENVIRONMENTS, GRAPH_DRY_RUN (77)
 */
export function requireOneEnvironment(member: GraphMember, command: TurboCommand | undefined = turboCommand()): void {
  const { task, environment, dryRun, projectRoot } = member;
  if (command === undefined || !seesEnvironment(task)) return;
  const handed = environmentsHandedOn(command.handedOn);
  const named = environmentsNamed(command.tasks, environmentNames(projectRoot));
  const others = [...handed, ...named].filter((name) => name !== environment);
  if (others.length > 0) {
    throw new OpsError({
      code: 'GRAPH_ENVIRONMENTS',
      exit: 'refused',
      message: `this turbo run is for ${[...new Set(others)].join(' and ')}, and ${task.name} in it would act on ${environment}; nothing was changed`,
      hint:
        named.length > 0
          ? 'the environment is in the name of a task (deploy:staging); start one run for each environment, without --env'
          : `words after -- reach only the named tasks; for all of them: pnpm ops run ${command.tasks.join(' ')} --env ${others[0]}, or OPS_ENV=${others[0]} before turbo`,
    });
  }
  if (!dryRun && task.effect !== 'read' && command.handedOn.includes('--dry-run')) {
    throw new OpsError({
      code: 'GRAPH_DRY_RUN',
      exit: 'refused',
      message: `--dry-run after -- reaches only the named tasks, and ${task.name} would have changed ${environment}; nothing was changed`,
      hint: `what the graph would do: pnpm ops run ${command.tasks.join(' ')} --dry-run; what one task would: pnpm --filter <domain> run <task> --dry-run`,
    });
  }
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
