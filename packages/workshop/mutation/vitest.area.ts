import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { areas } from './src/areas.ts';

const area = areas[process.env['OPS_MUTATE_AREA'] ?? '']!;
const testing = join(import.meta.dirname, '..', 'testing');

/** The tests of one area, as Stryker and the mutants of SQL run them. */
export default defineConfig({
  test: {
    include: [...area.tests],
    exclude: ['**/node_modules/**'],
    ...(area.needsPostgres && { globalSetup: [join(testing, 'src', 'global-setup.ts')] }),
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 10_000 } },
  },
});
