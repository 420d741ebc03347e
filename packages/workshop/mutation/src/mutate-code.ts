import { globSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';
import type { Area } from './areas.ts';

/** What became of the mutants of an area's TypeScript. */
export interface CodeResult {
  noticed: number;
  /** `file:line:column was → becomes`, those that no test covers among them. */
  survived: string[];
}

/** How many vitest at a time, each with a PostgreSQL of its own where the area needs one. */
const workers = 2;

/**
 * Has StrykerJS change the code of an area, in place: packages find each other
 * through links, which lead out of a copy. The files are as they were when this ends.
 */
export async function mutateCode(name: string, area: Area, root: string): Promise<CodeResult> {
  const directory = join(root, area.directory);
  const report = join(root, '.turbo', 'mutation', `${name}.json`);
  process.chdir(directory);
  process.env['OPS_MUTATE_AREA'] = name;
  try {
    const results = await new Stryker({
      testRunner: 'vitest',
      plugins: [fileURLToPath(import.meta.resolve('@stryker-mutator/vitest-runner'))],
      inPlace: true,
      tempDirName: join(root, '.turbo', 'mutation', 'backup'),
      mutate: [...area.source],
      // What is in quotes is SQL, which mutate-sql.ts changes with more sense, or a sentence.
      mutator: { excludedMutations: ['StringLiteral'] },
      vitest: { configFile: join(import.meta.dirname, '..', 'vitest.area.ts'), related: false },
      coverageAnalysis: 'perTest',
      concurrency: workers,
      timeoutMS: 10_000,
      reporters: ['progress-append-only', 'json'],
      jsonReporter: { fileName: report },
      disableTypeChecks: false,
      allowConsoleColors: false,
    }).runMutationTest();
    const judged = results.filter(({ status }) => !['Ignored', 'CompileError', 'RuntimeError'].includes(status));
    const survived = judged.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
    return {
      noticed: judged.length - survived.length,
      survived: survived.map(
        ({ fileName, location: { start }, replacement, mutatorName, status }) =>
          `${fileName.slice(directory.length + 1)}:${start.line}:${start.column} ${mutatorName} → ${replacement}${status === 'NoCoverage' ? ' (no test comes there)' : ''}`,
      ),
    };
  } finally {
    process.chdir(root);
    // Of a worker that was ended because its tests hung.
    for (const left of globSync('stryker-setup-*.js', { cwd: directory })) rmSync(join(directory, left));
  }
}
