import type { Session } from '@opsgraph/postgres';
import { loadBackfills } from '../definition/load-backfills.ts';
import type { BackfillSettings } from '../definition/settings.ts';
import { type Pause, readPauses } from '../record/pause.ts';
import { type BackfillRecord, readRecords } from '../record/record.ts';

export interface BackfillStatus {
  name: string;
  state: 'new' | 'open' | 'done';
  paused: Pause | null;
  /** null while it is new. */
  record: BackfillRecord | null;
  /** Its file differs from the one it began with. */
  isEdited: boolean;
  /** Recorded in the target, but there is no such file. */
  isOrphan: boolean;
}

/** Every backfill of the directory and of the target, by name. */
export async function backfillStatus(
  session: Session,
  input: Pick<BackfillSettings, 'directory' | 'projectRoot'>,
): Promise<BackfillStatus[]> {
  const all = new Map((await loadBackfills(input)).map((backfill) => [backfill.definition.name, backfill]));
  const records = new Map((await readRecords(session)).map((record) => [record.name, record]));
  const pauses = new Map((await readPauses(session)).map((pause) => [pause.name, pause]));
  const names = [...new Set([...all.keys(), ...records.keys()])].sort();
  return names.map((name) => {
    const [file, record] = [all.get(name), records.get(name)];
    return {
      name,
      state: record?.state ?? 'new',
      paused: pauses.get(name) ?? null,
      record: record ?? null,
      isEdited: record !== undefined && file !== undefined && !file.isUnedited(record.sha256),
      isOrphan: file === undefined,
    };
  });
}
