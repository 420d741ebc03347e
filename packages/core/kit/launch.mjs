#!/usr/bin/env node
// `task seed.ts --dry-run`: what every script in tasks/*/package.json calls.
//
// Stripping the types of a task and of what it imports costs Node about 80 ms;
// its compile cache keeps the result, so that --help answers in the time Node
// takes to start. It must be on before the first .ts file is loaded, which is
// why this file is not one itself.
import * as module from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `tasks run on Node 24 or later; this is ${process.version}\n  run them with pnpm (pnpm --filter db run seed), which brings its own Node`,
  );
  process.exit(78);
}

const here = dirname(fileURLToPath(import.meta.url));
// Not in the shared temporary directory, where another user could have put files for us.
module.enableCompileCache(join(here, '..', '..', '..', 'node_modules', '.cache', 'compile'));

// The driver would take them, and turbo hands none of them on: a shell's PGOPTIONS or PGDATABASE must not decide where a
// task acts, nor whether it does the same as under turbo.
for (const name of Object.keys(process.env)) if (/^PG[A-Z_]+$/.test(name)) delete process.env[name];

const [, , file] = process.argv;
process.argv.splice(1, 2, resolve(file));
try {
  await import(pathToFileURL(process.argv[1]).href);
} catch (error) {
  // A task reports its own errors: here its file, or one that it imports, could not even be loaded.
  const message = `${file} cannot be loaded: ${error instanceof Error ? error.message : error}`;
  // The process may open no more files, or there is no memory: nothing is wrong with the file.
  const isLimit = ['EMFILE', 'ENFILE', 'ENOMEM'].includes(error?.code);
  const exitCode = isLimit ? 74 : 70;
  console.error(
    isLimit
      ? `✖ failed  ${message}\n  → raise the limit (ulimit -n 1024), or free memory`
      : `✖ failed  ${message}\n${error?.stack ?? ''}\n  → correct the file; the other tasks are not affected`,
  );
  if (process.argv.includes('--json')) {
    const code = isLimit ? 'SYSTEM_LIMIT' : 'TASK_NOT_LOADED';
    const document = { task: file, outcome: 'failed', exitCode, error: { code, message } };
    console.log(JSON.stringify(document, undefined, 2));
  }
  process.exitCode = exitCode;
}
