import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { errorCodes } from '../src/error-codes.ts';

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

describe('error codes', () => {
  it('are found with their exit code, what they state and who throws them', () => {
    const root = project({
      'packages/services/wells/src/dig.ts': `
        throw new OpsError({
          code: 'WELL_DRY',
          exit: 'unavailable',
          message: \`well \${wells.map(({ name }) => \`"\${name}"\`).join(', ')} is dry\`,
          hint: 'dig deeper',
        });`,
    });
    expect(errorCodes(root)).toEqual([
      { code: 'WELL_DRY', exits: [69], packages: ['wells'], message: 'well … is dry' },
    ]);
  });

  it('of several cases name each exit code and each text', () => {
    const root = project({
      'packages/services/wells/src/a.ts': `new OpsError({ code: full ? 'WELL_FULL' : 'WELL_SHUT', exit: full ? 'ioError' : 'refused',
          message: full ? 'no room in the well' : 'the well is shut',
        })`,
      'tasks/db/fill.ts': `new OpsError({ code: 'WELL_FULL', exit: 'tryLater', message: 'later' })`,
    });
    const message = 'no room in the well / the well is shut';
    expect(errorCodes(root)).toEqual([
      { code: 'WELL_FULL', exits: [74, 75, 77], packages: ['tasks/db', 'wells'], message },
      { code: 'WELL_SHUT', exits: [74, 77], packages: ['wells'], message },
    ]);
  });

  it('are not taken from tests, nor from objects without an exit', () => {
    const root = project({
      'packages/services/wells/test/dig.test.ts': `new OpsError({ code: 'ONLY_TESTED', exit: 'bug', message: 'never seen' })`,
      'packages/services/wells/src/node.ts': `if (error.code === 'ENOENT') return { code: 'ENOENT', hint: 'none' };`,
      'tasks/db/none.ts': '',
    });
    expect(errorCodes(root)).toEqual([]);
  });
});

function project(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'opsgraph-test-'));
  roots.push(root);
  for (const wing of ['packages', 'tasks']) mkdirSync(join(root, wing));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}
