import { globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { areas } from '../src/areas.ts';
import { sqlMutants } from '../src/sql-mutants.ts';

it('changes SQL in quotes, one place at a time, and nothing else', () => {
  const source =
    "if (a && b) ask(`SELECT FROM t WHERE a AND b FOR UPDATE`, 'this AND that OR so');\nconst note = 'a = b';";
  expect(sqlMutants(source).map(({ line, was, becomes }) => [line, was, becomes])).toEqual([
    [1, 'AND', 'OR'],
    [1, 'FOR UPDATE', ''],
    [1, 'AND', 'OR'],
    [1, 'OR', 'AND'],
  ]);
  expect(sqlMutants(source)[1]!.text).toBe(source.replace(' FOR UPDATE', ''));
});

it('every area has files and tests', () => {
  const root = join(import.meta.dirname, '..', '..', '..', '..');
  for (const [name, { directory, source, tests }] of Object.entries(areas))
    for (const pattern of [...source, ...tests])
      expect(globSync(pattern, { cwd: join(root, directory) }), `${name}: ${pattern}`).not.toEqual([]);
});
