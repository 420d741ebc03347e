// `npm test`: installs what is missing, runs every check through turbo, and
// counts what the test runners reported.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findDistributionServer } from './distribution-server.mjs';
import { install, root, run, turbo } from './install.mjs';

await install();
const server = process.env.OPS_TEST_SERVER ?? findDistributionServer();
// .ci/run demands everything: without a server each of these says that, and fails.
const onDistribution = server !== undefined || process.env.OPS_TEST_ALL === '1';
if (server !== undefined) process.env.OPS_TEST_SERVER = server;
for (const report of expectedReports()) rmSync(report, { force: true });
// Of the root, by their full names: migration has a task called lint as well.
const checks = ['//#typecheck', '//#lint', '//#boundaries', '//#generated', 'test', 'test:postgres'];
if (onDistribution) checks.push('test:distribution');
const code = await run(turbo(), [
  'run',
  ...checks,
  '--continue=always',
  // Each of them starts processes and servers of its own: more at once only makes clocks lie.
  '--concurrency=2',
  '--output-logs=new-only',
  '--log-order=grouped',
  '--ui=stream',
]);

let passed = 0;
let failed = 0;
for (const report of expectedReports()) {
  if (!existsSync(report)) {
    console.error(`no report: ${report}`);
    failed += 1;
    continue;
  }
  const { numPassedTests, numFailedTests, success } = JSON.parse(readFileSync(report, 'utf8'));
  passed += numPassedTests;
  // A file that cannot even be loaded has no failed test, but has failed.
  failed += success ? 0 : Math.max(numFailedTests, 1);
}
console.log(
  onDistribution
    ? `the tests on a real PostgreSQL ran on the embedded one, and again on ${server ?? 'none'}`
    : 'the tests on a real PostgreSQL ran on the embedded one only: this machine has none of its distribution (Debian: apt-get install postgresql)',
);
console.log(`${passed} passed, ${failed} failed`);
process.exit(code !== 0 ? code : failed > 0 ? 1 : 0);

/** What the test scripts of the packages write when they run to their end. */
function expectedReports() {
  const packages = ['packages', 'tasks'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(root, folder, name)),
  );
  return packages.flatMap((folder) => {
    const { scripts = {} } = existsSync(join(folder, 'package.json'))
      ? JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      : {};
    return [
      ...(scripts.test ? [join(folder, 'test-report.json')] : []),
      ...(scripts['test:postgres'] ? [join(folder, 'test-report.postgres.json')] : []),
      ...(onDistribution && scripts['test:distribution'] ? [join(folder, 'test-report.distribution.json')] : []),
    ];
  });
}
