#!/usr/bin/env node
// `run-tests postgres test/rollback -t "keeps rows"`: the tests of the package in the working directory, with the
// configuration of that name (vitest.<name>.ts). A name, so that no script says where this package lies.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const [, , kind = '', ...rest] = process.argv;
const kinds = ['pure', 'postgres', 'distribution'];
if (!kinds.includes(kind)) {
  console.error(`run-tests: the first word is one of ${kinds.join(', ')}, not "${kind}"`);
  process.exit(64);
}
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
// A part of the tests covers a part of the code.
const coverage = kind === 'postgres' && rest.length === 0 && existsSync('coverage.json') ? ['--coverage.enabled'] : [];
process.argv.splice(1, Infinity, vitest, 'run', '--config', join(here, `vitest.${kind}.ts`), ...coverage, ...rest);
await import(pathToFileURL(vitest).href);
