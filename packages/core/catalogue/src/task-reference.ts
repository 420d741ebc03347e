import { type CatalogueEntry, commandOf } from './read-catalogue.ts';

/** docs/tasks.md: every task with its command, its effect and its summary, a table a domain. */
export function taskReference(entries: readonly CatalogueEntry[]): string {
  const domains = [...Map.groupBy(entries, ({ domain }) => domain)].map(
    ([domain, tasks]) => `## ${domain}\n\n${taskTable(tasks)}\n`,
  );
  return `# Tasks

Generated from their definitions by \`pnpm generate\`; \`pnpm ops list\` prints the same. Every task has \`--help\` with an
example, \`--dry-run\`, \`--json\`, \`--quiet\`, \`--verbose\` and \`--env\`. \`read\` changes nothing, \`write\` makes what is
missing, \`destroy\` takes something away.

${domains.join('\n')}`;
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
function rowOf({ script, environment, definition }: CatalogueEntry): string {
  return environment === undefined ? script : `${definition?.name} for an environment`;
}
