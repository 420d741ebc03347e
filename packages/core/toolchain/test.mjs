// `npm test`: installs what is missing, runs every check through turbo, and
// counts checks and tests. The last line is `N passed, N failed`, whatever happens.
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { countResults } from './count-results.mjs';
import { findDistributionServer } from './distribution-server.mjs';
import { install, root, run, turbo } from './install.mjs';
import { listFailures } from './list-failures.mjs';

let isCounted = false;
process.on('exit', () => {
  if (!isCounted) console.log('0 passed, 1 failed');
});
await install();
const server = process.env.OPS_TEST_SERVER ?? findDistributionServer();
// .ci/run demands everything: without a server each of these says that, and fails.
const onDistribution = server !== undefined || process.env.OPS_TEST_ALL === '1';
if (server !== undefined) process.env.OPS_TEST_SERVER = server;
const suites = findSuites();
for (const { file } of suites) rmSync(file, { force: true });
// Of the root, by their full names: migration has a task called lint as well.
const checks = ['//#typecheck', '//#lint', '//#boundaries', '//#unused', '//#generated'];
const tests = ['test', 'test:postgres', ...(onDistribution ? ['test:distribution'] : [])];
console.log(`${checks.length} checks and ${suites.length} test suites, two at a time: this takes minutes`);
const started = Date.now();
const progress = setInterval(() => {
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`${seconds} s: ${suites.filter(({ file }) => existsSync(file)).length} of ${suites.length} suites ended`);
}, 15_000);
const code = await run(turbo(), [
  'run',
  ...checks,
  ...tests,
  '--continue=always',
  // Each of them starts processes and servers of its own: more at once only makes clocks lie.
  '--concurrency=2',
  '--output-logs=new-only',
  '--log-order=grouped',
  '--ui=stream',
  '--summarize',
]);
clearInterval(progress);

const reports = suites.map(({ task, file }) => ({ task, report: readJson(file) }));
const { passed, failed, problems } = countResults({ checks, suites: reports, ended: exitCodes(), code });
console.log(
  onDistribution
    ? `the tests on a real PostgreSQL ran on the embedded one, and again on ${server ?? 'none'}`
    : 'the tests on a real PostgreSQL ran on the embedded one only: this machine has none of its distribution (Debian: apt-get install postgresql)',
);
const failures = listFailures(
  reports.map(({ report }) => report),
  root,
);
for (const line of failures) console.log(line);
for (const problem of problems) console.log(`✖ ${problem}`);
console.log(`${passed} passed, ${failed} failed`);
isCounted = true;
process.exit(code !== 0 ? code : failed > 0 ? 1 : 0);

/** Every test suite of the workspace, with the file of its report. */
function findSuites() {
  const folders = ['packages', 'tasks'].flatMap((parent) => packagesIn(join(root, parent)));
  return folders.flatMap((folder) => {
    const { name, scripts = {} } = readJson(join(folder, 'package.json')) ?? {};
    const suite = (script, file) => (scripts[script] ? [{ task: `${name}#${script}`, file: join(folder, file) }] : []);
    return [
      ...suite('test', 'test-report.json'),
      ...suite('test:postgres', 'test-report.postgres.json'),
      ...(onDistribution ? suite('test:distribution', 'test-report.distribution.json') : []),
    ];
  });
}

/** The folders with a package.json, at any depth. */
function packagesIn(folder) {
  if (existsSync(join(folder, 'package.json'))) return [folder];
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.flatMap(({ name }) => packagesIn(join(folder, name)));
}

/** From the summary that turbo has written: the newest, and only if it is of this run. */
function exitCodes() {
  const directory = join(root, '.turbo', 'runs');
  const files = existsSync(directory) ? readdirSync(directory).map((name) => join(directory, name)) : [];
  const [newest] = files
    .map((file) => ({ file, time: statSync(file).mtimeMs }))
    .filter(({ time }) => time >= started)
    .sort((one, other) => other.time - one.time);
  const { tasks = [] } = newest === undefined ? {} : (readJson(newest.file) ?? {});
  return new Map(
    tasks.flatMap(({ taskId, execution }) => (execution?.exitCode == null ? [] : [[taskId, execution.exitCode]])),
  );
}

/** undefined when it is missing or broken. */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
