import { applicationKeys } from '../application/application-keys.ts';
import type { Key, KeyTable } from '../declare/key.ts';
import { taskVariables } from '../environment/task-variables.ts';
import { keyTable } from '../sections/index.ts';

/**
 * Every key and variable as Markdown: docs/configuration.md.
 *
 * @param optionVariables those through which options reach the tasks of a graph, with what they do
 */
export function configurationReference(optionVariables: Readonly<Record<string, string>>): string {
  return [
    ...introduction,
    ...sections(keyTable),
    '## application',
    '',
    'In a file of its own, `config/application.ts`, because the same release goes to all environments.',
    '',
    ...head,
    ...rows(applicationKeys, ''),
    '',
    '## Variables without a key',
    '',
    '| Variable | What it does |',
    '| --- | --- |',
    ...Object.entries({ ...taskVariables, ...optionVariables }).map(([name, says]) => row([`\`${name}\``, says])),
    '',
  ].join('\n');
}

const introduction = [
  '# Configuration',
  '',
  '<!-- Generated from packages/core/config/src/sections; change the text there. -->',
  '',
  'Each environment is a file, `config/<name>.ts`: committed, typed, data only. Which one: `--env`, else `OPS_ENV`, else `local`.',
  '',
  'A value comes from the first of these that has it:',
  '',
  '1. the process environment (the variable of the key; an empty one counts as not set),',
  '2. `config/.env.<name>`: never committed, mode 0600, refused when other users can read it,',
  '3. `config/<name>.ts`,',
  '4. the default.',
  '',
  "The driver's own variables (`PGHOST`, `PGOPTIONS`, …) of a shell are ignored: turbo would not pass them on.",
  '',
  'No secret is written in `config/<name>.ts`, only a reference to one. It is fetched when it is used, once, and its value is masked in all output.',
  '',
  '| Reference | Means |',
  '| --- | --- |',
  '| `env:NAME` | the variable NAME, from 1 or 2 |',
  '| `file:/path` | the content of the file without its last line end; refused when every user can read it |',
  '| `cmd:program argument …` | what the program prints: any secret manager. No shell: quotes group words, nothing is expanded. It runs in the root of the project and has 30 s |',
  '',
  'The value of a variable may be a `file:` or `cmd:` reference too. Under turbo a program sees only the variables that turbo.json names, and `pnpm generate` keeps these lists: secrets reach the tasks that read the configuration, and no check, test or release. Name in `passThrough` what else a `cmd:` program needs.',
  '',
  'Durations are written `500ms`, `30s`, `5m`, `2h`, `1d`, `1h30m`; sizes `512B`, `10MB` (millions), `1GiB` (powers of 1024).',
  '',
];

function sections(table: KeyTable): string[] {
  const loose = Object.entries(table).flatMap(([name, entry]) => (entry.type === 'key' ? [keyRow(name, entry)] : []));
  const groups = Object.entries(table).flatMap(([name, entry]) =>
    entry.type === 'group'
      ? ['', `## ${name}`, '', `${entry.description}.`, '', ...head, ...rows(entry.keys, `${name}.`)]
      : [],
  );
  return [...(loose.length === 0 ? [] : [...head, ...loose]), ...groups, ''];
}

const head = ['| Key | What it says | Takes | Default | Variable |', '| --- | --- | --- | --- | --- |'];

function rows(table: KeyTable, prefix: string): string[] {
  return Object.entries(table).flatMap(([name, entry]) => {
    if (entry.type === 'key') return [keyRow(`${prefix}${name}`, entry)];
    const own =
      entry.present === 'optional'
        ? [row([`\`${prefix}${name}\``, entry.description, 'the keys below', 'absent', ''])]
        : [];
    return [...own, ...rows(entry.keys, `${prefix}${name}.`)];
  });
}

function keyRow(key: string, spec: Key): string {
  const value = spec.defaultValue;
  const byDefault =
    value !== undefined
      ? `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
      : spec.present === 'required'
        ? 'must be given'
        : '';
  return row([
    `\`${key}\``,
    spec.description,
    spec.expected,
    byDefault,
    spec.variable === undefined ? '' : `\`${spec.variable}\``,
  ]);
}

function row(cells: string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
