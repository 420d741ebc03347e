import { parseOptions, usageError } from '@opsgraph/command-line';
import type { Command, Given } from './command.ts';

/** @throws OpsError USAGE (64) with every problem at once */
export async function parseCommand(command: Command, argv: readonly string[]): Promise<Given> {
  const settings = { directory: process.cwd(), takesWords: true, afterDashes };
  const { values, words, problems } = await parseOptions(command.options, argv, settings);
  if (problems.length > 0) throw usageError(problems, `pnpm ops ${command.name} --help shows the options`);
  return {
    words,
    flag: (name) => values[name] === true,
    text: (name) => values[name] as string | undefined,
    list: (name) => values[name] as readonly string[],
  };
}

const afterDashes =
  'words after -- would reach only the named tasks, not what they depend on; run the one task alone instead: pnpm --filter <domain> run <task> …';
