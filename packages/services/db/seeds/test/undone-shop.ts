import type { Session } from '@opsgraph/postgres';
import { type RollbackInput, type RollbackResult, rollbackSeed } from '../src/index.ts';
import { type Shop, useShop } from './use-shop.ts';

/** A shop in which a person has two towns already; the seed will update one of them. */
export const useShopWithTowns = (): Shop =>
  useShop((session) =>
    session.execute(
      "INSERT INTO town (country, name, people, founded, note) VALUES ('DE', 'Bonn', 7, '1000-02-03 BC', 'mine'), ('US', 'Troy', 9, NULL, 'mine')",
    ),
  );

export const undo = (session: Session, over: Partial<RollbackInput> = {}): Promise<RollbackResult> =>
  rollbackSeed(session, { keepChanged: false, dryRun: false, run: { id: 'undo' }, ...over });

/** Of each set: deleted, restored, missing, kept. */
export const tally = ({ sets }: RollbackResult): unknown =>
  sets.map(({ name, deleted, restored, missing, kept }) => [name, deleted, restored, missing, kept.count]);
