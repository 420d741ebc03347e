import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import { checkStaged } from './check/check-staged.ts';
import type { DataSet, SeedInput } from './data-set.ts';
import { loadManifest } from './load-manifest.ts';
import { locateFile, type SeedFile } from './locate-file.ts';
import { pinSettings } from './pin-settings.ts';
import { Problems } from './problems.ts';
import { hashSource } from './read/read-source.ts';
import { selectSets } from './select-sets.ts';
import { type PlannedSet, planSets } from './stage/plan-set.ts';
import { stageSet } from './stage/stage-set.ts';
import type { StagedSet } from './stage/staged-set.ts';
import { definitionOf, isTableAsKept, readState, type SeedState } from './write/state.ts';

/** A set that is known to be as wanted without reading its rows, or one whose rows are staged and found valid. */
export type PreparedSet =
  | { isAsKept: true; planned: PlannedSet; file: SeedFile; state: SeedState }
  | { isAsKept: false; staged: StagedSet; state: SeedState | undefined };

/**
 * Everything before the first write, inside the caller's transaction: finds
 * the sets and files, reads and checks every file that may bring a change.
 *
 * @param isEnough whether what is kept of a set tells enough when it is still true
 * @throws OpsError SEED_INVALID (65) with every problem of every file
 */
export async function prepareSets(
  session: Session,
  input: SeedInput,
  isEnough: (state: SeedState) => boolean = () => true,
): Promise<PreparedSet[]> {
  await pinSettings(session);
  const all = await loadManifest(input.directory);
  const planned = await planSets(session, selectSets(all, input.sets, input.environment), all);
  const problems = new Problems();
  const files = await locateFiles(
    planned.map(({ set }) => set),
    input,
    problems,
  );
  const prepared: PreparedSet[] = [];
  for (const [index, one] of planned.entries()) {
    const file = files.get(one.set.name);
    if (file === undefined) continue;
    const state = await readState(session, one.set.name);
    const asKept = new Set(prepared.flatMap((other) => (other.isAsKept ? [other.planned.set.name] : [])));
    const readHash = memoised(() => readable(file, () => hashSource(file, session.signal)));
    // what another set writes to the table after this one is not foreseen by its digest
    const isAlone = !planned.some((other) => other !== one && other.table.oid === one.table.oid);
    if (state && isAlone && isEnough(state) && (await isAsKept(session, one, state, asKept, readHash))) {
      prepared.push({ isAsKept: true, planned: one, file, state });
      continue;
    }
    const staged = await readable(file, () =>
      stageSet(session, one, file, `seed_stage_${index}`, problems, (rows) => input.onRows?.(one.set.name, rows)),
    );
    if ('generate' in file && staged.sha256 !== (await readHash())) throw notReproducible(staged);
    prepared.push({ isAsKept: false, staged, state });
  }
  await checkStaged(
    session,
    prepared.flatMap((one) => (one.isAsKept ? [] : [one.staged])),
    problems,
  );
  problems.throwIfAny();
  return prepared;
}

async function locateFiles(
  sets: readonly DataSet[],
  input: SeedInput,
  problems: Problems,
): Promise<Map<string, SeedFile>> {
  const files = new Map<string, SeedFile>();
  for (const set of sets) {
    const file = await locateFile(set, input, problems);
    if (file !== undefined) files.set(set.name, file);
  }
  return files;
}

/** References are looked up again unless the sets they lead to are as they were, too. */
async function isAsKept(
  session: Session,
  planned: PlannedSet,
  state: SeedState,
  asKept: ReadonlySet<string>,
  readHash: () => Promise<string>,
): Promise<boolean> {
  if (!planned.references.every(({ set }) => asKept.has(set))) return false;
  if (state.definition !== definitionOf(planned) || state.sha256 !== (await readHash())) return false;
  return isTableAsKept(session, planned, state);
}

async function readable<T>(file: SeedFile, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (
      cause instanceof OpsError ||
      (cause as NodeJS.ErrnoException).syscall === undefined ||
      (cause as NodeJS.ErrnoException).path === undefined
    )
      throw cause;
    throw new OpsError({
      code: 'SEED_FILE_UNREADABLE',
      exit: 'ioError',
      message: `${file.label} cannot be read: ${(cause as Error).message}`,
      hint: 'nothing was written',
      cause,
    });
  }
}

function memoised<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}

function notReproducible({ set }: StagedSet): OpsError {
  return new OpsError({
    code: 'SEED_NOT_REPRODUCIBLE',
    exit: 'configuration',
    message: `generate.rows of ${set.name} makes different rows each time`,
    hint: 'draw everything from `random` (no Math.random, no current date); nothing was written',
  });
}
