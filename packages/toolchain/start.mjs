// `npm start`: from an empty machine to a seeded database, and what to do next.
import { install, run } from './install.mjs';

await install();
// Not turbo itself: that one ends with 0 also when it was interrupted.
const code = await run('node', ['packages/cli/ops.mjs', 'run', 'db:seed']);
if (code !== 0) process.exit(code);
process.exit(await run('node', ['packages/kit/launch.mjs', 'tasks/setup/overview.ts']));
