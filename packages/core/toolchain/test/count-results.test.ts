import { expect, it } from 'vitest';
import { countResults, type RunEnd } from '../count-results.mjs';

const report = (numPassedTests: number, numFailedTests = 0, success = numFailedTests === 0) => ({
  numPassedTests,
  numFailedTests,
  success,
});
const checks = ['//#typecheck', '//#lint'];
const good: RunEnd = {
  checks,
  suites: [{ task: 'kit#test', report: report(3) }],
  ended: new Map([
    ['//#typecheck', 0],
    ['//#lint', 0],
    ['kit#test', 0],
  ]),
  code: 0,
};
const endedWith = (task: string, code: number | undefined): RunEnd['ended'] => {
  const ended = new Map(good.ended);
  if (code === undefined) ended.delete(task);
  else ended.set(task, code);
  return ended;
};

it('each check counts as one, like each test', () => {
  expect(countResults(good)).toEqual({ passed: 5, failed: 0, problems: [] });
});

it('a check that failed, or never ran, is a failure though every test passed', () => {
  expect(countResults({ ...good, ended: endedWith('//#lint', 1), code: 1 })).toEqual({
    passed: 4,
    failed: 1,
    problems: ['//#lint: ended with 1'],
  });
  expect(countResults({ ...good, ended: endedWith('//#lint', undefined), code: 1 })).toMatchObject({
    failed: 1,
    problems: ['//#lint: did not run to its end'],
  });
});

it('tests that failed, a file that could not be loaded, and a suite without a report are failures', () => {
  const suites = [
    { task: 'a#test', report: report(2, 3) },
    { task: 'b#test', report: report(0, 0, false) },
    { task: 'c#test', report: undefined },
  ];
  expect(countResults({ ...good, suites, code: 1 })).toEqual({
    passed: 4,
    failed: 5,
    problems: ['a#test: 3 failed', 'b#test: 0 failed', 'c#test: wrote no report, and did not run to its end'],
  });
});

it('a suite that died after its report, and a turbo that failed without a reason, are failures', () => {
  expect(countResults({ ...good, ended: endedWith('kit#test', 137), code: 137 })).toMatchObject({
    passed: 5,
    problems: ['kit#test: ended with 137 after its report'],
  });
  expect(countResults({ ...good, code: 130 })).toMatchObject({ failed: 1, problems: ['turbo: ended with 130'] });
});
