import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sectionsIndex } from '../src/sections-index.ts';

it('a section is a file, with its rule where it has one', () => {
  const root = mkdtempSync(join(tmpdir(), 'opsgraph-sections-'));
  const folder = join(root, 'packages/core/config/src/sections');
  mkdirSync(join(folder, 'wells'), { recursive: true });
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  write('deep-wells.ts', "export { deepWellsRule } from './wells/rule.ts';\nexport const deepWells = group('', {});\n");
  write('pumps.ts', 'export const pumps = group();\n');
  write('taps.ts', 'export const taps = group();\n\nexport const tapsRule: Rule = () => [];\n');
  write('wells/rule.ts', 'export const deepWellsRule: Rule = () => [];\n');
  const { path, content } = sectionsIndex(root);
  rmSync(root, { recursive: true });
  expect(path).toBe('packages/core/config/src/sections/index.ts');
  for (const part of [
    "import { deepWells, deepWellsRule } from './deep-wells.ts';\nimport { pumps } from './pumps.ts';\n",
    '= {\n  deepWells,\n  pumps,\n  taps,\n} satisfies KeyTable;',
    '= {\n  deepWells: deepWellsRule,\n  taps: tapsRule,\n};',
  ])
    expect(content).toContain(part);
});
