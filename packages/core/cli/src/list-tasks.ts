import { commandOf, domains, readCatalogue } from '@opsgraph/catalogue';
import { exitCodes, OpsError } from '@opsgraph/errors';
import { text, verbatim } from '@opsgraph/terminal';
import { didYouMean } from '@opsgraph/text/nearest';
import type { Given } from './command.ts';
import type { Surroundings } from './surroundings.ts';

/** @throws OpsError DOMAIN_UNKNOWN (64) */
export async function listTasks(given: Given, { workspace, out }: Surroundings): Promise<number> {
  const known = domains(workspace);
  for (const word of given.words) {
    if (known.includes(word)) continue;
    throw new OpsError({
      code: 'DOMAIN_UNKNOWN',
      exit: 'usage',
      message: `there is no domain ${JSON.stringify(word)}${didYouMean(word, known)}`,
      hint: `the domains: ${known.join(', ')}`,
    });
  }
  const isWanted = (task: string): boolean => given.words.includes(task.slice(0, task.indexOf(':')));
  const entries = await readCatalogue(workspace, given.words.length === 0 ? undefined : isWanted);
  if (given.flag('json')) {
    const documents = entries.map((entry) => ({
      task: `${entry.domain}:${entry.script}`,
      domain: entry.domain,
      script: entry.script,
      effect: entry.definition?.effect,
      summary: entry.definition?.summary,
      problem: entry.problem,
      command: commandOf(entry),
    }));
    out.document(documents, 2);
    return exitCodes.ok;
  }
  const width = Math.max(0, ...entries.map(({ script }) => script.length)) + 2;
  const colours = { read: 'dim', write: 'yellow', destroy: 'red' } as const;
  for (const domain of known) {
    const own = entries.filter((entry) => entry.domain === domain);
    if (own.length === 0) continue;
    out.line(out.style('bold', domain));
    for (const { script, definition, problem } of own) {
      const effect =
        definition === undefined ? '?'.padEnd(9) : out.style(colours[definition.effect], definition.effect.padEnd(9));
      out.line(text`  ${script.padEnd(width)}${effect}${definition?.summary ?? out.style('red', problem ?? '')}`);
    }
  }
  out.line(
    out.style(
      'dim',
      verbatim(
        '\npnpm ops run <domain>:<task>               with what it depends on\npnpm --filter <domain> run <task> --help   alone, and its options',
      ),
    ),
  );
  return exitCodes.ok;
}
