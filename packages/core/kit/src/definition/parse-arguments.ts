import { type OptionSpecs, type OptionValues, parseOptions, usageError } from '@opsgraph/command-line';
import { type CommonValues, commonOptions } from './common-options.ts';

export interface ParsedArguments<Options extends OptionSpecs> {
  common: CommonValues;
  options: OptionValues<Options>;
}

/**
 * Reads the command line of a task by its definition. `directory` is where
 * relative paths start; `env` has what was not written there.
 *
 * @throws OpsError USAGE (64) with every problem at once
 */
export async function parseArguments<Options extends OptionSpecs>(
  specs: Options,
  argv: readonly string[],
  directory: string,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<ParsedArguments<Options>> {
  const { values, problems } = await parseOptions({ ...commonOptions, ...specs }, argv, { directory, env });
  // Asked for help, a person gets help, whatever else is wrong.
  if (problems.length > 0 && values['help'] !== true) throw usageError(problems, '--help shows the options');
  const part = (names: OptionSpecs): Record<string, unknown> =>
    Object.fromEntries(Object.keys(names).map((name) => [name, values[name]]));
  return { common: part(commonOptions) as CommonValues, options: part(specs) as OptionValues<Options> };
}
