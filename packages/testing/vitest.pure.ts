import { defineConfig } from 'vitest/config';

/** Tests without a database: a function of the code alone, so turbo may cache them. */
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/*.pg.test.ts', '**/node_modules/**'],
    reporters: ['default', ['json', { outputFile: 'test-report.json' }]],
    testTimeout: 20_000,
  },
});
