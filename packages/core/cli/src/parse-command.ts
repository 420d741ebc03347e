import { parseArgs } from 'node:util';
import { OpsError } from '@opsgraph/errors';
import type { Command, Given } from './command.ts';

/** @throws OpsError USAGE (64) with every problem at once */
export async function parseCommand(command: Command, argv: readonly string[]): Promise<Given> {
  const problems: string[] = [];
  const given = new Map<string, string[]>();
  const words: string[] = [];
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      Object.entries(command.options).map(([name, { type, short }]) => [
        name,
        {
          type: type === 'boolean' ? ('boolean' as const) : ('string' as const),
          multiple: true,
          ...(short && { short }),
        },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind === 'option-terminator') problems.push(afterDashes);
    if (token.kind !== 'option') continue;
    const option = command.options[token.name];
    const names = Object.keys(command.options);
    if (option === undefined)
      problems.push(
        `unknown option ${token.rawName}${(await import('@opsgraph/text/nearest')).didYouMean(token.rawName, names, '--')}`,
      );
    else if (option.type === 'boolean' && token.value !== undefined) problems.push(`--${token.name} takes no value`);
    else if (option.type !== 'boolean' && (!token.value || (token.value.startsWith('-') && !token.inlineValue)))
      problems.push(`--${token.name} needs a value: --${token.name} ${option.value}`);
    else if (option.type === 'string' && given.has(token.name)) problems.push(`--${token.name} was given twice`);
    else given.set(token.name, [...(given.get(token.name) ?? []), token.value ?? '']);
  }
  if (problems.length > 0) {
    throw new OpsError({
      code: 'USAGE',
      exit: 'usage',
      message: problems.length === 1 ? problems[0]! : `${problems.length} problems with the command line`,
      problems: problems.length === 1 ? [] : [...new Set(problems)],
      hint: `pnpm ops ${command.name} --help shows the options`,
    });
  }
  return {
    words,
    flag: (name) => given.has(name),
    text: (name) => given.get(name)?.[0],
    list: (name) => given.get(name) ?? [],
  };
}

const afterDashes =
  'words after -- would reach only the named tasks, not what they depend on; run the one task alone instead: pnpm --filter <domain> run <task> …';
