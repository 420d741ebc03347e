import { expect, it } from 'vitest';
import { compare } from '../src/state/compare.ts';
import { listStates } from '../src/state/list-states.ts';
import type { KnexRow, LedgerRow, State } from '../src/state/state.ts';

const file = (name: string) => ({
  stem: name.split('.')[0]!,
  name,
  recordedAs: name,
  kind: name.endsWith('js') ? 'knex' : 'sql',
});
const row = (name: string, more: Partial<LedgerRow> = {}) =>
  ({
    ...file(name),
    file: name,
    status: 'applied',
    direction: 'up',
    batch: 1,
    knex_id: null,
    position: Number(name[0]),
    started_at: new Date(0),
    finished_at: new Date(1000 * Number(name[0])),
    ...more,
  }) as LedgerRow;

it('says where each migration is, once', () => {
  const state = {
    files: [file('1_a.sql'), file('2_b.sql'), file('4_d.js'), file('5_e.sql'), file('6_f.sql')],
    fileProblems: [],
    rows: [
      row('1_a.sql'),
      row('2_b.sql', { edit: 'text' }),
      row('3_c.sql'),
      row('5_e.sql', { status: 'started', batch: 2 }),
    ],
    knexRows: [{ id: 9, name: '4_d.js', stem: '4_d', batch: 1, migration_time: new Date(4000) }] as KnexRow[],
  } as unknown as State;
  expect(listStates(compare(state))).toEqual([
    { name: '1_a.sql', state: 'applied', batch: 1, appliedAt: new Date(1000) },
    { name: '2_b.sql', state: 'edited', batch: 1, appliedAt: new Date(2000) },
    { name: '3_c.sql', state: 'missing', batch: 1, appliedAt: new Date(3000) },
    { name: '4_d.js', state: 'adoptable', batch: 1, appliedAt: new Date(4000) },
    { name: '5_e.sql', state: 'half-done', batch: 2, appliedAt: null },
    { name: '6_f.sql', state: 'pending', batch: null, appliedAt: null },
  ]);
});
