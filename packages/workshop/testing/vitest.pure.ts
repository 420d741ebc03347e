import { defineConfig } from 'vitest/config';

/** Tests without a database: a function of the code alone, so turbo may cache them. */
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/*.pg.test.ts', '**/node_modules/**'],
    reporters: ['default', ['json', { outputFile: 'test-report.json' }]],
    testTimeout: 20_000,
    // The default of a second is too short on a machine that is busy with others.
    expect: { poll: { timeout: 15_000 } },
  },
});
