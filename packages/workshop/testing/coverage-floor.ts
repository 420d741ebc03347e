import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestUserConfig } from 'vitest/config';

/**
 * The floor of coverage of the package in the working directory, where it has one: coverage.json names the files and
 * the least of each measure, in percent. Only whole runs are held to it: run-tests enables it.
 */
export function coverageFloor(): Pick<TestUserConfig, 'coverage'> {
  const file = join(process.cwd(), 'coverage.json');
  if (!existsSync(file)) return {};
  const { include, thresholds } = JSON.parse(readFileSync(file, 'utf8'));
  return {
    coverage: {
      provider: 'v8',
      include,
      thresholds,
      reporter: ['text-summary'],
      reportsDirectory: join(process.cwd(), '.turbo', 'coverage'),
    },
  };
}
