import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@opsgraph/config';
import { expect, it } from 'vitest';
import { readCatalogue } from '../src/index.ts';

const root = projectRoot();
const catalogue = await readCatalogue(root);
const commands = readFileSync(join(root, 'README.md'), 'utf8').match(/(?<=pnpm --filter )[a-z]+ run [^`#\n]+/g) ?? [];

it('finds the commands of the README', () => expect(commands.length).toBeGreaterThan(5));

it.each(commands)('a reader can paste pnpm --filter %s', (command) => {
  const [domain, , script, ...argv] = command.trim().split(/\s+/);
  const options = catalogue.find((entry) => entry.domain === domain && entry.script === script)?.definition?.options;
  expect(options).toBeDefined();
  // No task takes a word that belongs to no option.
  expect(argv[0] ?? '--').toMatch(/^--/);
  const required = Object.entries(options!).filter(([, spec]) => 'required' in spec && spec.required === true);
  expect(argv).toEqual(expect.arrayContaining(required.map(([name]) => `--${name}`)));
});
