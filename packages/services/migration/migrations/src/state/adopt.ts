import type { Session } from '@opsgraph/postgres';
import type { Comparison } from './compare.ts';
import { insertAdopted } from './ledger-rows.ts';
import type { State } from './state.ts';

/** Takes over what stock knex applied, with the content that the files have now. Returns their names. */
export async function adopt(
  session: Session,
  state: State,
  { adoptable }: Comparison,
  run: string | undefined,
): Promise<string[]> {
  if (adoptable.length > 0) await session.execute(insertAdopted(state, adoptable, run));
  return adoptable.map(({ name }) => name);
}
