import type { Session } from '@opsgraph/postgres';
import { command } from '@opsgraph/terminal';
import { storableText } from './files/decode.ts';
import { layoutDigest } from './files/layout.ts';
import { shownPath } from './files/list-files.ts';
import { forgottenKnexfile } from './knex/forgotten-knexfile.ts';
import type { MigrationSettings } from './settings.ts';
import { type Comparison, compare } from './state/compare.ts';
import { listStates, type MigrationState } from './state/list-states.ts';
import { readState } from './state/read-state.ts';
import { withSettings } from './state/session-settings.ts';
import type { State } from './state/state.ts';

export type ProblemKind =
  | 'file'
  | 'duplicate'
  | 'edited'
  | 'missing'
  | 'out-of-order'
  | 'half-done'
  | 'knex-lock'
  | 'knex-module'
  | 'never-run'
  | 'own-transaction';

export interface MigrationProblem {
  kind: ProblemKind;
  /** A file, relative to the project, or a recorded name. */
  migration: string;
  message: string;
  hint: string;
  /** Whether migrate refuses until it is settled; otherwise it is only reported. */
  blocks: boolean;
}

/** On one line. */
export function describeProblem({ migration, message, hint }: MigrationProblem): string {
  return `${migration}: ${message} (${hint})`;
}

export interface MigrationPlan {
  /** In the order of application. */
  applied: { stem: string; name: string; batch: number; appliedAt: Date | null; adopted: boolean }[];
  /** In the order in which they would be applied. */
  pending: {
    stem: string;
    name: string;
    path: string /** Of its text, the same whatever its line ends. */;
    sha256: string;
  }[];
  /** Applied by stock knex; the next migrate takes their checksum. */
  adoptable: string[];
  /** Every migration once, with its state. */
  migrations: MigrationState[];
  problems: MigrationProblem[];
}

export interface PlanInput extends MigrationSettings {
  /** Also read what is pending as migrate would before it begins: what it would refuse is a problem. */
  readsPending?: boolean | undefined;
}

/**
 * Reads the directories and both ledgers and says what is applied, what is
 * pending, and what is wrong. Changes nothing.
 *
 * @throws OpsError SCHEMA_MISSING (78)
 */
export async function planMigrations(session: Session, given: PlanInput): Promise<MigrationPlan> {
  return withSettings(session, given, async (settings) => {
    const state = await readState(session, settings);
    const found = compare(state);
    return {
      applied: found.applied.map(({ stem, name, batch, appliedAt, row }) => ({
        stem,
        name,
        batch,
        appliedAt,
        adopted: row?.adopted ?? true,
      })),
      pending: found.pending.map(({ stem, name, path, kind, bytes }) => ({
        stem,
        name,
        path: shownPath(settings, path),
        sha256: layoutDigest(kind, storableText(bytes)),
      })),
      adoptable: found.adoptable.map(({ name }) => name),
      migrations: listStates(found),
      problems: [
        ...findProblems(settings, state, found),
        ...(settings.readsPending ? await findUnusable(settings, found) : []),
      ],
    };
  });
}

async function findUnusable(
  settings: MigrationSettings,
  { started, pending }: Comparison,
): Promise<MigrationProblem[]> {
  const files = [...started.flatMap(({ file }) => file ?? []), ...pending];
  if (files.length === 0) return [];
  const { tryToPrepare } = await import('./apply/prepare.ts');
  const { unusable } = await tryToPrepare(settings, files);
  return unusable.map(({ place, message, hint }) => ({ kind: 'file', migration: place, message, hint, blocks: true }));
}

export function findProblems(settings: MigrationSettings, state: State, found: Comparison): MigrationProblem[] {
  const problem = (
    kind: ProblemKind,
    migration: string,
    message: string,
    hint: string,
    blocks = true,
  ): MigrationProblem => ({ kind, migration, message, hint, blocks });
  const show = (path: string): string => shownPath(settings, path);
  return [
    ...state.fileProblems.map(({ path, message, hint, isNotice }) =>
      problem('file', path, message, hint, isNotice !== true),
    ),
    ...found.duplicates.map((same) =>
      problem(
        'duplicate',
        same[0]!.stem,
        `${same.map(({ path }) => show(path)).join(' and ')} have the same name`,
        'rename one of them (the extension does not count), or remove an extension from migrations.loadExtensions',
      ),
    ),
    ...found.edited.map(({ stem, file, row }) =>
      row!.edit === 'line ends'
        ? problem(
            'edited',
            show(file!.path),
            `has other line ends inside its strings than when it was ${row!.adopted ? 'adopted' : 'applied'}, and would make other values; nothing else differs`,
            `check it out with the line ends it had (.gitattributes: *.sql text eol=lf); or accept it: ${command`repair --accept ${stem}`}`,
          )
        : problem(
            'edited',
            show(file!.path),
            `was edited after it was ${row!.adopted ? 'adopted' : 'applied'}`,
            `restore the file and write a new migration; or accept it: ${command`repair --accept ${stem}`}`,
          ),
    ),
    ...(settings.disableMigrationsListValidation ? [] : found.missing).map(({ stem, name, row }) => {
      const renamed = found.pending.find(
        ({ kind, bytes }) => row !== undefined && layoutDigest(kind, storableText(bytes)) === row.layoutDigest,
      );
      return renamed === undefined
        ? problem(
            'missing',
            name,
            'is applied, and its file is gone',
            `restore the file; or forget it: ${command`repair --forget ${stem}`}`,
          )
        : problem(
            'missing',
            name,
            `is applied, and its file is called ${renamed.name} now`,
            `rename it back; or accept the new name: ${command`repair --forget ${stem}`}, then ${command`baseline --to ${renamed.stem}`}`,
          );
    }),
    ...found.started
      .map(({ row }) =>
        problem(
          'half-done',
          row.file,
          `started (${row.direction}, without a transaction) at ${row.started_at.toISOString()}; unknown whether it finished`,
          'migrate resumes where that is certain, and says so where it is not',
        ),
      )
      .map((one) => ({ ...one, blocks: false })),
    ...found.outOfOrder.map(({ file, after }) =>
      problem(
        'out-of-order',
        show(file.path),
        `comes before ${after}, which is applied already`,
        'it is applied late, as knex does; check that it does not depend on the order',
        false,
      ),
    ),
    ...findForgotten(settings, found),
    ...(state.isLockedByKnex
      ? [
          problem(
            'knex-lock',
            state.ledger,
            'stock knex holds its lock: it is running, or was killed',
            'if no knex runs: repair --unlock, or knex migrate:unlock',
          ),
        ]
      : []),
  ];
}

function findForgotten(settings: MigrationSettings, { pending }: Comparison): MigrationProblem[] {
  const found = pending.some(({ kind }) => kind === 'knex') ? forgottenKnexfile(settings) : undefined;
  if (found === undefined) return [];
  const path = shownPath(settings, found.path);
  return [
    {
      kind: 'knex-module',
      migration: path,
      message: `sets ${found.says}, on which pending migrations may depend, and the configuration does not name it`,
      hint: `write migrations.knexModule: '${path}' in config/<environment>.ts; docs/moving-in.md says what is read of it`,
      blocks: true,
    },
  ];
}
