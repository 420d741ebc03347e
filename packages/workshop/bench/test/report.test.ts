import { expect, test } from 'vitest';
import { renderReport } from '../src/report.ts';
import type { Result } from '../src/results.ts';
import { atLeastSpeed, atMostTimes, fasterThan } from '../src/targets.ts';

const timings = [
  { name: 'ours', milliseconds: [120, 100, 110] },
  { name: 'floor', milliseconds: [100, 100, 90] },
  { name: 'peer', milliseconds: [2000, 1500, 1000], facts: { 'peak memory': '80 MiB' } },
];

const result: Result = {
  bench: 'migrate',
  title: 'Migrations',
  about: 'How.',
  at: '2025-01-02T03:04:05.678Z',
  command: 'pnpm bench migrate',
  machine: {
    cpu: 'Some CPU',
    cores: 2,
    memoryGib: 8,
    system: 'linux 6 x64',
    node: 'v24.1.0',
    commit: 'abc1234',
  },
  load: { before: 0.1, after: 2 },
  postgres: '18.4',
  peers: { knex: '3.3.0' },
  seconds: 12.4,
  tables: [{ title: 'apply', reference: 'floor', timings }],
  targets: [
    atMostTimes(timings, 'apply', 'ours', 1.2, 'floor'),
    atMostTimes(timings, 'apply', 'ours', 1.05, 'floor'),
    atLeastSpeed(timings, 'apply', 'ours', 3, 'peer'),
    fasterThan(timings, 'apply', 'ours', ['floor', 'peer']),
  ],
  notes: [],
};

test('a target is met or missed as the medians say', () => {
  expect(result.targets.map(({ measured, isMet }) => [measured, isMet])).toEqual([
    ['1.10 ×', true],
    ['1.10 ×', false],
    ['14 ×', true],
    ['110 ms, the best of them 100 ms; slower than floor', false],
  ]);
});

test('the report shows median, extremes and ratio, and says plainly what was missed', () => {
  const report = renderReport([result], ['migrate', 'never run']);
  expect(report).toContain('| ours | 110 ms | 100 ms | 120 ms | 3 | 1.10 |  |');
  expect(report).toContain('| peer | 1.50 s | 1.00 s | 2.00 s | 3 | 15 | 80 MiB |');
  expect(report).toContain('| **missed** | [migrate](#migrate) apply: at most 1.05 × floor | 1.10 × |');
  expect(report).toContain('abc1234, on 2 cores of Some CPU, 8 GiB');
});

test('numbers that others at work have spoilt are called rough', () => {
  expect(renderReport([result], ['migrate'])).not.toContain('rough');
  expect(renderReport([{ ...result, load: { before: 0.1, after: 7 } }], ['migrate'])).toContain(
    'these numbers are rough',
  );
});
