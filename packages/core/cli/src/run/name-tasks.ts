import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { domains, readScripts } from '@opsgraph/catalogue';
import { environmentNames } from '@opsgraph/config';
import { didYouMean } from '@opsgraph/text/nearest';
import type { Suggest } from './explain-turbo-error.ts';

export interface TaskNames {
  /** Turbo's name for what a person wrote: `db:seed` is `db#seed`. */
  resolve(word: string): string;
  suggest: Suggest;
}

/** The names of a workspace's tasks, read from its package.json files only. */
export function taskNames(workspace: string, root: string): TaskNames {
  const scripts = new Map(domains(workspace).map((domain) => [domain, Object.keys(readScripts(workspace, domain))]));
  return {
    resolve(word) {
      const [domain, script] = splitOnce(word);
      return script !== undefined && scripts.get(domain)?.includes(script) ? `${domain}#${script}` : word;
    },
    async suggest(word, kind) {
      if (kind === 'package') return didYouMean(word, [...scripts.keys()]);
      const { suggestTask } = await import('./suggest-task.ts');
      return suggestTask(word, { scripts, others: rootTasks(workspace), environments: environmentNames(root) });
    },
  };
}

function splitOnce(word: string): [string, string | undefined] {
  const at = word.indexOf(':');
  return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

/** `typecheck` of `//#typecheck`. */
function rootTasks(workspace: string): string[] {
  try {
    const { tasks = {} } = JSON.parse(readFileSync(join(workspace, 'turbo.json'), 'utf8')) as { tasks?: object };
    return Object.keys(tasks).map((name) => name.replace('//#', ''));
  } catch {
    // with comments, or broken: turbo itself will complain of it
    return [];
  }
}
