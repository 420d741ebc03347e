import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, explainSystemError, OpsError } from '@opsgraph/errors';
import {
  command as asCommand,
  openStream,
  type Stream,
  text,
  tolerateEarlyReaders,
  verbatim,
} from '@opsgraph/terminal';
import { root as checkout } from '@opsgraph/toolchain/turbo';
import { commands } from './commands.ts';
import { renderHelp, renderOverview } from './render-help.ts';
import type { Env } from './surroundings.ts';

/** Runs `ops <command> …` and returns its exit code. */
export async function runCommandLine(argv: readonly string[], env: Env): Promise<number> {
  tolerateEarlyReaders();
  const [out, err] = [await openStream('stdout', env), await openStream('stderr', env)];
  const [name, ...rest] = argv;
  try {
    if (name === undefined) return await introduce(out, env);
    if (name === '--version' || name === '-V') {
      out.line(text`opsgraph ${readVersion()}`);
      return exitCodes.ok;
    }
    if (['help', '--help', '-h'].includes(name)) {
      const about = commands.find((command) => command.name === rest[0]);
      out.line(verbatim(about === undefined ? renderOverview(commands, out) : renderHelp(about, out)));
      return exitCodes.ok;
    }
    const command = commands.find((each) => each.name === name);
    if (command === undefined) throw await unknownCommand(name);
    if (rest.some((word) => word === '--help' || word === '-h')) {
      out.line(verbatim(renderHelp(command, out)));
      return exitCodes.ok;
    }
    // Not at the top: the help needs neither parser nor configuration.
    const { hasOthers, parseCommand } = await import('./parse-command.ts');
    const { findSurroundings } = await import('./surroundings.ts');
    const takesMore = command.taskOptions !== undefined && hasOthers(command, rest);
    const tasks = takesMore ? await command.taskOptions!(await findSurroundings(env)) : undefined;
    const given = await parseCommand(command, rest, tasks);
    return await command.run(given, await findSurroundings(env));
  } catch (failure) {
    const error = explainSystemError(failure) ?? failure;
    if (!(error instanceof OpsError)) {
      err.line(text`${err.style('red', '✖ failed')}  a bug in ops, not in what you did`);
      err.block('  ', error instanceof Error ? (error.stack ?? error.message) : String(error));
      return exitCodes.bug;
    }
    err.line(text`${err.style('red', '✖')} ${error.message}`);
    for (const problem of error.problems) err.block('  · ', problem);
    if (error.hint !== undefined) err.line(text`  ${err.style('cyan', '→')} ${error.hint}`);
    if (argv.includes('--json')) {
      const { code, message, hint, problems, exitCode } = error;
      out.document({ outcome: 'failed', exitCode, error: { code, message, hint, problems } }, 2);
    }
    return error.exitCode;
  }
}

/** `ops` alone: its commands and the tasks. */
async function introduce(out: Stream, env: Env): Promise<number> {
  out.line(verbatim(renderOverview(commands, out)));
  out.line('');
  const list = commands.find(({ name }) => name === 'list')!;
  const { parseCommand } = await import('./parse-command.ts');
  const { findSurroundings } = await import('./surroundings.ts');
  return list.run(await parseCommand(list, []), await findSurroundings(env));
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string };
  return version;
}

async function unknownCommand(name: string): Promise<OpsError> {
  const { didYouMean } = await import('@opsgraph/text/nearest');
  const names = commands.map((command) => command.name);
  return new OpsError({
    code: 'USAGE',
    exit: 'usage',
    message: `there is no command ${JSON.stringify(name)}${didYouMean(name, names)}`,
    hint: `pnpm ops ${names.join(' | ')}; a task is started with \`${asCommand`pnpm ops run ${name}`}\``,
  });
}
