// `pnpm generate` writes the generated files; with --check it only says which are stale, and exits with 1.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OpsError } from '@opsgraph/errors';
import type { GeneratedFile } from './src/generated-file.ts';
import { sectionsIndex } from './src/sections-index.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const check = process.argv.includes('--check');
let stale = 0;
// Before anything else is loaded: all else reads the configuration, which is made of these sections.
bring([sectionsIndex(root)]);
const { generatedFiles } = await import('./src/index.ts');
bring(
  await generatedFiles(root).catch((error: unknown) => {
    if (!(error instanceof OpsError)) throw error;
    const lines = [`✖ ${error.message}`, ...error.problems.map((problem) => `  · ${problem}`), `  → ${error.hint}`];
    process.stderr.write(`${lines.join('\n')}\n`);
    process.exit(error.exitCode);
  }),
);
if (stale === 0) process.stdout.write('all generated files are up to date\n');
else if (check) {
  process.stdout.write('run `pnpm generate` and commit what it writes\n');
  process.exitCode = 1;
}

function bring(files: readonly GeneratedFile[]): void {
  for (const { path, content } of files) {
    if (read(join(root, path)) === content) continue;
    stale += 1;
    process.stdout.write(`${check ? 'stale' : 'written'}: ${path}\n`);
    if (!check) writeFileSync(join(root, path), content);
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
