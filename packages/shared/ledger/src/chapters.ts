import { OpsError } from '@opsgraph/errors';
import { command } from '@opsgraph/terminal';
import { type Chapter, chapter as core } from './chapter.ts';
import { chaptered } from './numbered.ts';

/** What a target's ledger consists of. */
export interface LedgerState {
  /** The last number of ops.version. */
  form: number;
  /** The version of each chapter that is there. */
  versions: Readonly<Record<string, number>>;
}

/** Whether the ledger was made before there were chapters; the next write takes it over. */
export function isNumbered({ form }: LedgerState): boolean {
  return form < chaptered;
}

/** Those of the chapters, and of the ledger's own, that are older in the target than this program needs. */
export function findOutdated({ versions }: LedgerState, chapters: readonly Chapter[]): Chapter[] {
  return inOrder(chapters).filter((chapter) => (versions[chapter.name] ?? 0) < chapter.versions.length);
}

/** The ledger's own chapter first, to which all may refer; every other one once, after those that it comes after. */
function inOrder(chapters: readonly Chapter[]): Chapter[] {
  const ordered = new Map([[core.name, core]]);
  const add = (chapter: Chapter): void => {
    if (ordered.has(chapter.name)) return;
    chapter.after?.forEach(add);
    ordered.set(chapter.name, chapter);
  };
  chapters.forEach(add);
  return [...ordered.values()];
}

/**
 * The chapters are as this program needs them. Any others may be older or newer.
 *
 * @throws OpsError LEDGER_OLDER (78), LEDGER_NEWER (77)
 */
export function requireChapters(state: LedgerState, chapters: readonly Chapter[], environment: string): void {
  refuseNewer(state, chapters);
  const [first] = findOutdated(state, chapters);
  if (first === undefined) return;
  const { name, versions } = first;
  throw new OpsError({
    code: 'LEDGER_OLDER',
    exit: 'configuration',
    message: `the target's ledger has version ${state.versions[name] ?? 0} of ${name}, this Opsgraph needs ${versions.length}`,
    hint: `upgrade it: ${command`pnpm --filter setup run database --env ${environment}`}`,
  });
}

/**
 * What a later Opsgraph has made of these chapters is not for this one to use.
 *
 * @throws OpsError LEDGER_NEWER (77)
 */
export function refuseNewer({ form, versions: found }: LedgerState, chapters: readonly Chapter[]): void {
  if (form > chaptered) throw newer('form', form, chaptered);
  for (const { name, versions } of inOrder(chapters)) {
    const version = found[name] ?? 0;
    if (version > versions.length) throw newer(name, version, versions.length);
  }
}

function newer(what: string, found: number, known: number): OpsError {
  return new OpsError({
    code: 'LEDGER_NEWER',
    exit: 'refused',
    message: `the target's ledger has version ${found} of ${what}, this Opsgraph knows ${known}`,
    hint: 'update this checkout; a newer one has worked on this database',
  });
}
