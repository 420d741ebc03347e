import type { Session } from '@opsgraph/postgres';
import { type LockMode, lockModes, type TableEffect } from './rehearsed.ts';

interface Relation {
  name: string;
  kind: TableEffect['kind'];
  file: string | null;
  /** What the server has counted and not yet told its statistics. */
  scans: number;
  /** As the planner knows it, or else the statistics. */
  hasRows: boolean;
}

interface Held {
  oid: string;
  mode: string;
  file: string | null;
  scans: number;
  size: number;
}

export interface LockMeter {
  /** Runs a statement of the open transaction and says what it did to relations that were there before. */
  measure<T>(send: () => Promise<T>): Promise<{ result: T; effects: TableEffect[] }>;
  /** The same from what was held before, for statements that were executed already. */
  effects(): Promise<TableEffect[]>;
  /** Relations on which the transaction holds more than a reader's lock, with the strongest. */
  held(): Map<string, LockMode>;
  /** Names of the tables that were there before. */
  tables(): string[];
  /** Relations whose file is another one since the last restart: for statements outside a transaction. */
  rewritten(): Promise<{ relation: string; kind: TableEffect['kind'] }[]>;
  /** A new transaction: nothing is held. Reads again what is there when asked. */
  restart(reread?: boolean): Promise<void>;
}

const kinds: Record<string, TableEffect['kind']> = {
  r: 'table',
  p: 'table',
  f: 'table',
  m: 'view',
  v: 'view',
  i: 'index',
  I: 'index',
};

/**
 * Measures locks from pg_locks, rewrites from the files of relations and full
 * reads from the transaction's own statistics: before and after each
 * statement, on the connection that executes it.
 */
export async function openLockMeter(session: Session): Promise<LockMeter> {
  let relations = await readRelations(session);
  let before = new Map<string, Held>();

  const effects = async (): Promise<TableEffect[]> => {
    const rows = await session.client.query<Held>(heldLocks);
    const after = new Map(rows.rows.map((row) => [`${row.oid} ${row.mode}`, row]));
    const found = await compare(session, relations, before, after);
    before = after;
    return found;
  };
  return {
    effects,
    measure: async (send) => {
      const result = await send();
      return { result, effects: await effects() };
    },
    held: () => {
      const strongest = new Map<string, LockMode>();
      for (const { oid, mode } of before.values()) {
        const relation = relations.get(oid);
        const written = writtenMode(mode);
        if (relation === undefined || relation.kind === 'index' || written === 'ACCESS SHARE') continue;
        strongest.set(relation.name, stronger(strongest.get(relation.name), written));
      }
      return strongest;
    },
    tables: () => [...relations.values()].filter(({ kind }) => kind === 'table').map(({ name }) => name),
    rewritten: async () => {
      const now = await readRelations(session);
      return [...now].flatMap(([oid, { name, kind, file }]) => {
        const formerly = relations.get(oid) ?? [...relations.values()].find((one) => one.name === name);
        return formerly === undefined || formerly.file === file ? [] : [{ relation: name, kind }];
      });
    },
    restart: async (reread = false) => {
      before = new Map();
      if (reread) relations = await readRelations(session);
    },
  };
}

async function readRelations(session: Session): Promise<Map<string, Relation>> {
  const { rows } = await session.client.query<Omit<Relation, 'kind'> & { oid: string; relkind: string }>(
    `SELECT c.oid::text, pg_catalog.quote_ident(nspname) || '.' || pg_catalog.quote_ident(relname) AS name, relkind::text, pg_catalog.pg_relation_filenode(c.oid)::text AS file,
            coalesce(pg_catalog.pg_stat_get_xact_numscans(c.oid), 0)::float8 AS scans, relpages > 0 OR pg_catalog.pg_stat_get_live_tuples(c.oid) > 0 AS "hasRows"
     FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
     WHERE relkind IN ('r', 'p', 'f', 'm', 'v', 'i', 'I') AND nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'ops')`,
  );
  return new Map(rows.map(({ oid, relkind, ...relation }) => [oid, { ...relation, kind: kinds[relkind]! }]));
}

/** Relations of catalogues have smaller numbers. The size is only looked at where we hold all there is, so it never waits. */
const heldLocks = `
SELECT relation::text AS oid, mode, pg_catalog.pg_relation_filenode(relation)::text AS file,
       coalesce(pg_catalog.pg_stat_get_xact_numscans(relation), 0)::float8 AS scans,
       CASE WHEN mode = 'AccessExclusiveLock' THEN coalesce(pg_catalog.pg_relation_size(relation), 0)::float8 ELSE -1 END AS size
FROM pg_locks
WHERE pid = pg_catalog.pg_backend_pid() AND locktype = 'relation' AND granted AND relation >= 16384::oid
  AND database = (SELECT oid FROM pg_database WHERE datname = pg_catalog.current_database())`;

async function compare(
  session: Session,
  relations: Map<string, Relation>,
  before: Map<string, Held>,
  after: Map<string, Held>,
): Promise<TableEffect[]> {
  const known = new Map([...before.values()].map((held) => [held.oid, held]));
  const effects = new Map<string, TableEffect>();
  for (const [key, { oid, mode, file, scans, size }] of after) {
    const relation = relations.get(oid);
    if (relation === undefined) continue;
    const { name, kind } = relation;
    const formerly = known.get(oid);
    const isNewFile = file !== (formerly ?? relation).file;
    const isDropped = isNewFile && (file === null ? relation.file !== null : false);
    const isEmptied = isNewFile && !isDropped && kind === 'table' && size === 0 && relation.hasRows;
    const lock = before.has(key) || kind === 'index' ? undefined : writtenMode(mode);
    const isScanned = kind === 'table' && scans > (formerly ?? relation).scans;
    if (lock === undefined && !isNewFile && !isScanned) continue;
    const previous = effects.get(name);
    effects.set(name, {
      relation: name,
      kind,
      lock: stronger(previous?.lock, lock),
      rewritten: isNewFile && !isDropped && !isEmptied,
      emptied: isEmptied,
      scanned: isScanned && !isEmptied,
      dropped: isDropped,
    });
  }
  await findRebuilt(session, relations, effects);
  return [...effects.values()].filter(({ kind, rewritten, dropped }) => kind !== 'index' || rewritten || dropped);
}

/** ALTER … TYPE drops an index and makes it again under its name; the files tell whether it was built again. */
async function findRebuilt(
  session: Session,
  relations: Map<string, Relation>,
  effects: Map<string, TableEffect>,
): Promise<void> {
  const dropped = [...effects.values()].filter((effect) => effect.kind === 'index' && effect.dropped);
  if (dropped.length === 0) return;
  const { rows } = await session.client.query<{ name: string; file: string }>(
    'SELECT name, pg_catalog.pg_relation_filenode(pg_catalog.to_regclass(name))::text AS file FROM pg_catalog.unnest($1::text[]) name WHERE pg_catalog.to_regclass(name) IS NOT NULL',
    [dropped.map(({ relation }) => relation)],
  );
  for (const { name, file } of rows) {
    const formerly = [...relations.values()].find((relation) => relation.name === name)?.file;
    effects.set(name, { ...effects.get(name)!, dropped: false, rewritten: file !== formerly });
  }
}

/** `AccessExclusiveLock` as SQL writes it: ACCESS EXCLUSIVE. */
export function writtenMode(mode: string): LockMode {
  return mode
    .replace(/Lock$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase() as LockMode;
}

export function stronger<Mode extends LockMode | undefined>(one: LockMode | undefined, other: Mode): LockMode | Mode {
  if (one === undefined) return other;
  if (other === undefined) return one;
  return lockModes.indexOf(one) > lockModes.indexOf(other) ? one : other;
}
