import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import { command } from '@opsgraph/terminal';

export interface Pause {
  name: string;
  by: string;
  at: Date;
}

const columns = 'name, paused_by AS by, paused_at AS at';

export async function readPause(session: Session, name: string): Promise<Pause | undefined> {
  const [pause] = await session.query<Pause>(`SELECT ${columns} FROM ops.backfill_pause WHERE name = $1`, [name]);
  return pause;
}

export async function readPauses(session: Session): Promise<Pause[]> {
  return session.query<Pause>(`SELECT ${columns} FROM ops.backfill_pause ORDER BY name`);
}

export function describePause({ name, by, at }: Pause): string {
  return `${by} paused it at ${at.toISOString().replace(/\.\d+/, '')}; \`${command`--resume ${name}`}\` resumes it`;
}

/**
 * A backfill that runs stops after its batch and waits; one that does not run
 * will not begin.
 *
 * @returns whether it was not paused before
 * @throws OpsError BACKFILL_UNKNOWN (64)
 */
export async function pauseBackfill(
  session: Session,
  { name, known, by, dryRun }: { name: string; known: readonly string[]; by: string; dryRun: boolean },
): Promise<boolean> {
  requireKnown(name, known);
  if (dryRun) return (await readPause(session, name)) === undefined;
  const inserted = await session.execute(
    'INSERT INTO ops.backfill_pause (name, paused_by) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [name, by],
  );
  return inserted === 1;
}

/** @returns whether it was paused */
export async function resumeBackfill(
  session: Session,
  { name, known, dryRun }: { name: string; known: readonly string[]; dryRun: boolean },
): Promise<boolean> {
  const pause = await readPause(session, name);
  // One whose file is gone can still be resumed.
  if (pause === undefined) requireKnown(name, known);
  if (dryRun) return pause !== undefined;
  return (await session.execute('DELETE FROM ops.backfill_pause WHERE name = $1', [name])) === 1;
}

/** @throws OpsError BACKFILL_UNKNOWN (64) */
export function requireKnown(name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  throw new OpsError({
    code: 'BACKFILL_UNKNOWN',
    exit: 'usage',
    message: `no backfill is called ${name}`,
    hint:
      known.length === 0
        ? 'there are none: a definition is a file in the directory that backfills.directory names'
        : `there are: ${known.join(', ')}`,
  });
}
