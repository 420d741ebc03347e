import { commandOf } from './read-catalogue.ts';
import type { TaskScript } from './task-scripts.ts';

/** docs/tasks.md: every task with its command, its effect and its summary, a table a domain. */
export function taskReference(scripts: readonly TaskScript[]): string {
  const domains = [...Map.groupBy(scripts, ({ domain }) => domain)].map(
    ([domain, tasks]) => `## ${domain}\n\n${taskTable(tasks)}\n`,
  );
  return `# Tasks

Generated from their definitions by \`pnpm generate\`; \`pnpm ops list\` prints the same. Every task has \`--help\` with an
example, \`--dry-run\`, \`--json\`, \`--quiet\`, \`--verbose\` and \`--env\`. \`read\` changes nothing, \`write\` makes what is
missing, \`destroy\` takes something away.

${domains.join('\n')}`;
}

/** The scripts of one task share a row. */
function taskTable(scripts: readonly TaskScript[]): string {
  const rows = [...Map.groupBy(scripts, ({ definition }) => definition.name).values()].map((same) => {
    const [first, ...others] = same as [TaskScript, ...TaskScript[]];
    const environments = others.map(({ environment }) => `, \`:${environment}\``);
    return `| \`${commandOf(first)}\`${environments.join('')} | ${first.definition.effect} | ${first.definition.summary} |`;
  });
  return ['| task | effect | what it does |', '| --- | --- | --- |', ...rows].join('\n');
}
