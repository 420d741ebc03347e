// `npm start`: from an empty machine to a seeded database, and what to do next.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { install, run } from './install.mjs';

await install();
// The quick start is local, on the embedded server, whatever a shell has for another project.
const { DATABASE_URL: other } = process.env;
for (const name of Object.keys(process.env))
  if (/^(DATABASE_\w+|OPS_CONFIRM|PG[A-Z]+)$/.test(name)) delete process.env[name];
process.env.OPS_ENV = 'local';
// Not turbo itself: that one ends with 0 also when it was interrupted.
let code = await run('node', ['packages/core/cli/ops.mjs', 'run', 'db:seed']);
if (code === 0) code = await run('node', ['packages/core/kit/launch.mjs', 'tasks/setup/overview.ts']);
// Every hint names it; the checkout's own is not on the caller's PATH.
const hasPnpm = (process.env.PATH ?? '').split(delimiter).some((directory) => existsSync(join(directory, 'pnpm')));
if (!hasPnpm)
  console.error('\npnpm is not installed: write npx pnpm@10 instead, or install it with npm install --global pnpm@10');
if (other) {
  console.error(
    '\nnpm start did not use the DATABASE_URL of this shell. The commands above would: unset DATABASE_URL first',
  );
}
process.exit(code);
