import { parseOptions, usageError } from '@opsgraph/command-line';
import type { Command, Given, TaskOptions } from './command.ts';

/**
 * @param tasks the options of tasks that this command may hand on
 * @throws OpsError USAGE (64) with every problem at once
 */
export async function parseCommand(command: Command, argv: readonly string[], tasks?: TaskOptions): Promise<Given> {
  const settings = { directory: process.cwd(), takesWords: true, afterDashes };
  const specs = { ...tasks?.specs, ...command.options };
  const { values, words, problems } = await parseOptions(specs, argv, settings);
  if (problems.length > 0) throw usageError(problems, `pnpm ops ${command.name} --help shows the options`);
  const others = Object.keys(tasks?.specs ?? {}).filter((name) => !(name in command.options));
  return {
    words,
    flag: (name) => values[name] === true,
    text: (name) => values[name] as string | undefined,
    list: (name) => values[name] as readonly string[],
    taskOptions: others
      .filter((name) => values[name] !== undefined)
      .map((name) => ({ name, value: String(values[name]), takers: tasks!.takers.get(name)! })),
  };
}

/** Whether an option was written that the command itself does not have. */
export function hasOthers({ options }: Command, argv: readonly string[]): boolean {
  return argv.some((word) => word.startsWith('--') && !(word.slice(2).split('=', 1)[0]! in options) && word !== '--');
}

const afterDashes =
  'words after -- would reach only the named tasks, not what they depend on; run the one task alone instead: pnpm --filter <domain> run <task> …';
