import type { EnvironmentSummary } from '@opsgraph/config/reference';
import type { DefinedTask } from './read-definitions.ts';

/** A script that starts a task; each is a node of turbo's graph. */
export interface TaskScript extends DefinedTask {
  /** Its name in the domain's package.json: `deploy:staging`. */
  script: string;
  /** Turbo's name: `deployment#deploy:staging`. */
  id: string;
  /** The environment that the script is bound to; undefined: the chosen one. */
  environment: string | undefined;
  command: string;
}

/** The scripts of a task: one for the chosen environment, and one for each that it is bound to. */
export function taskScripts(defined: DefinedTask, environments: readonly EnvironmentSummary[]): TaskScript[] {
  const { domain, task, definition } = defined;
  const kinds = definition.graph?.environments ?? ['chosen'];
  const bound = environments.filter(
    ({ name, isSandbox }) => name !== 'local' && (kinds.includes('each') || (kinds.includes('sandboxes') && isSandbox)),
  );
  const names = [...(kinds.includes('chosen') ? [undefined] : []), ...inOrder(bound).map(({ name }) => name)];
  return names.map((environment) => {
    const script = environment === undefined ? task : `${task}:${environment}`;
    const words = environment === undefined ? '' : ` --env ${environment}`;
    return { ...defined, script, id: `${domain}#${script}`, environment, command: `task ${task}.ts${words}` };
  });
}

/** What is tried there before goes first. */
function inOrder(environments: readonly EnvironmentSummary[]): EnvironmentSummary[] {
  return environments.toSorted((a, b) => Number(b.isSandbox) - Number(a.isSandbox) || a.name.localeCompare(b.name));
}
