import { expect, it } from 'vitest';
import { listFailures, type TestReport } from '../list-failures.mjs';

const passed = { ancestorTitles: [], title: 'is fine', status: 'passed', failureMessages: [] };
const failed = (title: string, message: string) => ({
  ancestorTitles: ['a group'],
  title,
  status: 'failed',
  failureMessages: [message],
});
const report = (...assertionResults: TestReport['testResults'][number]['assertionResults'][number][]): TestReport => ({
  testResults: [{ name: '/project/a/one.test.ts', status: 'failed', message: '', assertionResults }],
});

it('names the file, the test, the first lines of its message and its place', () => {
  const message = [
    '\u001b[31mError\u001b[39m: expected 1 to be 2',
    '',
    '- Expected',
    '+ Received',
    '  fourth',
    '  fifth',
    '    at run (/project/node_modules/vitest/run.js:1:2)',
    '    at file:///project/a/one.test.ts:7:3',
  ].join('\n');
  expect(listFailures([report(passed, failed('fails', message)), undefined], '/project')).toEqual([
    'a/one.test.ts › a group › fails',
    '    Error: expected 1 to be 2',
    '    - Expected',
    '    + Received',
    '      fourth',
    '    at a/one.test.ts:7:3',
  ]);
});

it('names a file that could not be loaded', () => {
  const testResults = [
    { name: '/project/b.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
  ];
  expect(listFailures([{ testResults }], '/project')).toEqual(['b.test.ts', '    no such module']);
});

it('stays short, however much fails', () => {
  const many = Array.from({ length: 50 }, (_, index) => failed(`${index}`, 'x'.repeat(1000)));
  const lines = listFailures([report(...many)], '/project');
  expect(lines).toHaveLength(41);
  expect(lines.at(-1)).toBe('and 30 more');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(220);
});
