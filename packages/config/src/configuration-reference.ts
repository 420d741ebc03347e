import { keyTable } from './environment.ts';
import type { Key, KeyTable } from './key.ts';
import { taskVariables } from './task-variables.ts';

/** Every key and variable as Markdown: the part of docs/configuration.md that is generated. */
export function configurationReference(): string {
  return [
    ...sections(keyTable),
    '## Variables without a key',
    '',
    '| Variable | What it does |',
    '| --- | --- |',
    ...Object.entries(taskVariables).map(([name, says]) => row([`\`${name}\``, says])),
    '',
  ].join('\n');
}

function sections(table: KeyTable): string[] {
  const loose = Object.entries(table).flatMap(([name, entry]) => (entry.type === 'key' ? [keyRow(name, entry)] : []));
  const groups = Object.entries(table).flatMap(([name, entry]) =>
    entry.type === 'group' ? ['', `## ${name}`, '', `${entry.description}.`, '', ...head, ...rows(entry.keys, `${name}.`)] : [],
  );
  return [...(loose.length === 0 ? [] : [...head, ...loose]), ...groups, ''];
}

const head = ['| Key | What it says | Takes | Default | Variable |', '| --- | --- | --- | --- | --- |'];

function rows(table: KeyTable, prefix: string): string[] {
  return Object.entries(table).flatMap(([name, entry]) => {
    if (entry.type === 'key') return [keyRow(`${prefix}${name}`, entry)];
    const own = entry.present === 'optional' ? [row([`\`${prefix}${name}\``, entry.description, 'the keys below', 'absent', ''])] : [];
    return [...own, ...rows(entry.keys, `${prefix}${name}.`)];
  });
}

function keyRow(key: string, spec: Key): string {
  const value = spec.defaultValue;
  const byDefault = value !== undefined ? `\`${typeof value === 'string' ? value : JSON.stringify(value)}\`` : spec.present === 'required' ? 'must be given' : '';
  return row([`\`${key}\``, spec.description, spec.expected, byDefault, spec.variable === undefined ? '' : `\`${spec.variable}\``]);
}

function row(cells: string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
