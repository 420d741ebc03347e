// `npm start`: from an empty machine to a seeded database, and what to do next.
import { install, run, turbo } from './install.mjs';

const since = new Date().toISOString();
await install();
const code = await run(turbo(), [
  'run',
  'db#seed',
  '--output-logs=full',
  '--log-prefix=none',
  '--log-order=stream',
  '--ui=stream',
]);
// The overview asks the database itself: turbo's word alone is not enough.
const shown = await run('pnpm', ['--silent', '--filter', 'setup', 'run', 'overview', '--since', since]);
process.exit(code === 0 ? shown : code);
