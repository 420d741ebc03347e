/**
 * What `npm test` has shown: each check of the whole counts as one, and each test.
 *
 * @param checks turbo's names of the checks that write no report
 * @param suites turbo's names of the test suites, each with the JSON report it wrote; undefined: it wrote none
 * @param ended exit codes by turbo's name; a task that is missing did not run to its end
 * @param code of turbo itself
 */
export function countResults({ checks, suites, ended, code }) {
  let passed = 0;
  const problems = [];
  let failed = 0;
  const fail = (problem, count = 1) => {
    failed += count;
    problems.push(problem);
  };
  for (const check of checks) {
    if (ended.get(check) === 0) passed += 1;
    else fail(`${check}: ${describeEnd(ended.get(check))}`);
  }
  for (const { task, report } of suites) {
    if (report === undefined) {
      fail(`${task}: wrote no report, and ${describeEnd(ended.get(task))}`);
      continue;
    }
    passed += report.numPassedTests;
    // A file that cannot even be loaded has no failed test, but has failed.
    if (!report.success) fail(`${task}: ${report.numFailedTests} failed`, Math.max(report.numFailedTests, 1));
    else if ((ended.get(task) ?? 0) !== 0) fail(`${task}: ${describeEnd(ended.get(task))} after its report`);
  }
  if (code !== 0 && failed === 0) fail(`turbo: ${describeEnd(code)}`);
  return { passed, failed, problems };
}

function describeEnd(code) {
  return code === undefined ? 'did not run to its end' : `ended with ${code}`;
}
