import type { OptionSpec } from '@opsgraph/command-line';
import type { Command } from './command.ts';

const env: OptionSpec = {
  type: 'string',
  value: 'NAME',
  description: 'Environment to act on (default: OPS_ENV, then local)',
};
const json: OptionSpec = { type: 'boolean', description: 'One JSON document on stdout instead of text' };
const help: OptionSpec = { type: 'boolean', short: 'h', description: 'Show this help' };

const run: Command = {
  name: 'run',
  summary: 'Run tasks and what they depend on',
  usage: '<task>… [options]',
  description:
    'Starts turbo, watches it, and ends with one line for each planned task. The exit code is the highest\n' +
    'of the tasks, and 130, 143 or 129 when the run was interrupted. A task is named as turbo names it\n' +
    '(seed, db#seed) or as `ops list` shows it (db:seed). One interrupt is enough: running tasks stop where it is safe.\n' +
    'An option of a task that its --help shows with a variable (--plan, --override of deployment:preflight) is handed on.',
  options: {
    env,
    confirm: {
      type: 'string',
      value: 'ENVIRONMENT',
      description: 'Name the environment once more, for severe acts outside local (or OPS_CONFIRM)',
    },
    'lock-wait': { type: 'string', value: 'TIME', description: "How long tasks wait for another run's lock" },
    filter: { type: 'repeated', value: 'PACKAGE', short: 'F', description: "turbo's --filter; may be repeated" },
    only: { type: 'boolean', description: 'Only these tasks, not what they depend on' },
    affected: { type: 'boolean', description: 'Only packages that changed since the main branch' },
    force: { type: 'boolean', description: 'Run cached tasks too' },
    concurrency: { type: 'string', value: 'N', description: 'How many tasks run at the same time' },
    continue: {
      type: 'string',
      value: 'MODE',
      description: 'Continue after a failure: never, dependencies-successful (default) or always',
    },
    'dry-run': { type: 'boolean', description: 'Show which tasks would run, in order; start nothing' },
    json,
    quiet: { type: 'boolean', short: 'q', description: 'Print nothing unless something is wrong' },
    verbose: { type: 'boolean', short: 'v', description: "Also show turbo's and pnpm's own lines, and replayed logs" },
    help,
  },
  examples: [
    { command: 'pnpm ops run seed', says: 'sets up, migrates and seeds the local database' },
    { command: 'pnpm ops run db:seed --env staging', says: 'the same on staging' },
    {
      command: 'pnpm ops run deploy:production --confirm production --plan 3f0c9a4e5b6d7f80',
      says: 'deploys exactly what the plan showed',
    },
    { command: 'pnpm ops run typecheck lint test', says: 'the cached checks' },
  ],
  run: async (given, surroundings) => (await import('./run/run-graph.ts')).runGraph(given, surroundings),
  taskOptions: async (surroundings) => (await import('./run/task-options.ts')).readTaskOptions(surroundings),
};

const list: Command = {
  name: 'list',
  summary: 'Every task with its effect',
  usage: '[domain]… [options]',
  description: 'Read from the task definitions; nothing is run.',
  options: { json, help },
  examples: [
    { command: 'pnpm ops list', says: 'shows every task' },
    { command: 'pnpm ops list db migration', says: 'shows the tasks of two domains' },
  ],
  run: async (given, surroundings) => (await import('./list-tasks.ts')).listTasks(given, surroundings),
};

const history: Command = {
  name: 'history',
  summary: 'What was run, and how it ended',
  usage: '[options]',
  description:
    "Newest first: from the target's ledger, and from this checkout's own record the runs that never reached\n" +
    'the target. A run that began and recorded no outcome is shown as such.',
  options: {
    env,
    limit: { type: 'string', value: 'N', description: 'How many (default 20)' },
    since: { type: 'string', value: 'WHEN', description: 'From then on: a time (2h, 3d) ago, or a date' },
    task: { type: 'string', value: 'NAME', description: 'Only this task (db:seed, seed) or domain (db)' },
    json,
    help,
  },
  examples: [
    { command: 'pnpm ops history --env staging --since 1d', says: 'shows what happened to staging since yesterday' },
    { command: 'pnpm ops history --task migrate --limit 3', says: 'shows the last three migrations' },
  ],
  run: async (given, surroundings) => (await import('./show-history.ts')).showHistory(given, surroundings),
};

const show: Command = {
  name: 'show',
  summary: 'The log of one run',
  usage: '<run> [options]',
  description: 'Name the run by its id, or by a beginning or end of it that no other run has (9f86d081).',
  options: { json: { type: 'boolean', description: 'The log as it was written: JSON lines' }, help },
  examples: [{ command: 'pnpm ops show 9f86d081', says: 'shows what that run logged, and how it ended' }],
  run: async (given, surroundings) => (await import('./show-run.ts')).showRun(given, surroundings),
};

const make: Command = {
  name: 'new',
  summary: 'Make a domain, an environment or a task',
  usage: '<kind> <name>… [options]',
  description:
    'Writes the files of what is new (of a domain: one task, its service, its section of the configuration, a\n' +
    'test), and brings what is generated up to date. A file with other content is never written over; run again, it\n' +
    'writes only what is missing. docs/CONTRIBUTING.md goes through each of them.',
  options: {
    effect: { type: 'string', value: 'read|write|destroy', description: 'What a new task does (default read)' },
    sandbox: {
      type: 'boolean',
      description: 'A new environment is a database in the PostgreSQL of this machine, instead of a server of yours',
    },
    'dry-run': { type: 'boolean', description: 'Show which files would be written; write nothing' },
    json,
    help,
  },
  examples: [
    { command: 'pnpm ops new task db analyze --effect write', says: 'writes tasks/db/analyze.ts and its test' },
    {
      command: 'pnpm ops new environment acceptance',
      says: 'writes config/acceptance.ts, and its scripts for every task',
    },
    { command: 'pnpm ops new domain billing --dry-run', says: 'names the files of a domain' },
  ],
  run: async (given, surroundings) => (await import('./make-new.ts')).makeNew(given, surroundings),
};

/** In the order of the help. */
export const commands: readonly Command[] = [run, list, history, show, make];
