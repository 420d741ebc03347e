import { defineConfig } from 'vitest/config';
import { coverageFloor } from './coverage-floor.ts';

/** Tests on a real PostgreSQL, started for the run by global-setup.ts. */
export default defineConfig({
  test: {
    ...coverageFloor(),
    include: ['**/*.pg.test.ts'],
    globalSetup: [new URL('src/global-setup.ts', import.meta.url).pathname],
    reporters: ['default', ['json', { outputFile: 'test-report.postgres.json' }]],
    testTimeout: 180_000,
    // The default of a second is too short on a machine that is busy with others.
    expect: { poll: { timeout: 15_000 } },
    hookTimeout: 180_000,
  },
});
