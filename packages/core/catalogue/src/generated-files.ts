import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationReference, environmentExample } from '@opsgraph/config/reference';
import { type ExitName, exitCodes, exitMeanings, OpsError } from '@opsgraph/errors';
import { deploymentTurbo } from './deployment-turbo.ts';
import { errorReference } from './error-reference.ts';
import type { GeneratedFile } from './generated-file.ts';
import { type CatalogueEntry, commandOf, readCatalogue } from './read-catalogue.ts';
import { rootTurbo } from './root-turbo.ts';

/** Everything in the repository that is made from definitions, as it ought to be now. */
export async function generatedFiles(root: string): Promise<GeneratedFile[]> {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const catalogue = await readCatalogue(root);
  requireDefinitions(catalogue);
  const withTasks = replaceBetween(readme, 'tasks', taskTable(catalogue));
  return [
    { path: 'README.md', content: replaceBetween(withTasks, 'exit-codes', exitCodeTable()) },
    { path: 'docs/configuration.md', content: configurationReference() },
    { path: 'docs/errors.md', content: errorReference(root) },
    { path: 'config/.env.example', content: environmentExample() },
    { path: 'turbo.json', content: rootTurbo(root, catalogue) },
    ...(await deploymentTurbo(root)),
  ];
}

/** A table without a task that could not be read would be a wrong one. */
function requireDefinitions(catalogue: readonly CatalogueEntry[]): void {
  const broken = catalogue.filter(({ problem }) => problem !== undefined);
  if (broken.length === 0) return;
  throw new OpsError({
    code: 'TASK_NOT_LOADED',
    exit: 'configuration',
    message: 'the generated files need the definition of every task',
    problems: [...Map.groupBy(broken, ({ problem }) => problem)].map(
      ([problem, [first, ...others]]) =>
        `${first!.domain}:${first!.script}${others.length === 0 ? '' : ` and ${others.length} more`}: ${problem}`,
    ),
    hint: 'correct these files, then: pnpm generate',
  });
}

function taskTable(entries: readonly CatalogueEntry[]): string {
  const rows = [...Map.groupBy(entries, rowOf).values()].map((same) => {
    const [first] = same as [CatalogueEntry];
    const others = same.slice(1).map(({ environment }) => `, \`:${environment}\``);
    return `| \`${commandOf(first)}\`${others.join('')} | ${first.definition?.effect} | ${first.definition?.summary} |`;
  });
  return ['| task | effect | what it does |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The scripts of one task for several environments share a row; one that is free to choose has its own. */
function rowOf({ domain, script, environment, definition }: CatalogueEntry): string {
  return environment === undefined ? `${domain} ${script}` : `${definition?.name} for an environment`;
}

function exitCodeTable(): string {
  const rows = (Object.keys(exitCodes) as ExitName[]).map((name) => `| ${exitCodes[name]} | ${exitMeanings[name]} |`);
  return ['| code | meaning |', '| ---: | --- |', ...rows].join('\n');
}

function replaceBetween(text: string, mark: string, content: string): string {
  const [begin, end] = [`<!-- generated: ${mark} -->`, `<!-- end: ${mark} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to < from) {
    throw new OpsError({
      code: 'MARK_MISSING',
      exit: 'badData',
      message: `README.md has no place marked ${begin} … ${end}`,
      hint: 'put both comments back',
    });
  }
  return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`;
}
