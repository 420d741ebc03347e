import type { Session } from '@opsgraph/postgres';
import type { Problems } from '../problems.ts';
import { unpackPosition } from '../read/position.ts';
import type { StagedSet } from '../stage/staged-set.ts';
import { checkForeignKeys } from './check-foreign-keys.ts';
import { checkKey, checkShared } from './check-key.ts';
import { checkReferences } from './check-references.ts';
import { checkValues } from './check-values.ts';
import type { Report } from './report-each.ts';

/** Looks for everything the tables would refuse, before anything is written to them. */
export async function checkStaged(session: Session, sets: readonly StagedSet[], problems: Problems): Promise<void> {
  for (const [index, staged] of sets.entries()) {
    const report: Report = (position, text, times) =>
      problems.add(staged.file.label, position === undefined ? {} : unpackPosition(position), text, times);
    await checkValues(session, staged, report);
    await checkKey(session, staged, report);
    await checkShared(session, staged, sets.slice(0, index), report);
    await checkForeignKeys(session, staged, sets, report);
    await checkReferences(session, staged, sets, report);
  }
}
