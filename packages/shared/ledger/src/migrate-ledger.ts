import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import { core } from './schema/1-core.ts';
import { migrations } from './schema/2-migrations.ts';
import { seeds } from './schema/3-seeds.ts';
import { deployment } from './schema/4-deployment.ts';
import { backfills } from './schema/5-backfills.ts';
import { seededTables } from './schema/6-seeded-tables.ts';
import { backfilledTables } from './schema/7-backfilled-tables.ts';
import { findings } from './schema/8-findings.ts';
import { activations } from './schema/9-activations.ts';
import { rewrittenRows } from './schema/10-rewritten-rows.ts';

/** Version n is entry n-1. A released entry is never edited: a change is a new entry. */
const versions = [
  core,
  migrations,
  seeds,
  deployment,
  backfills,
  seededTables,
  backfilledTables,
  findings,
  activations,
  rewrittenRows,
];

export const ledgerVersion = versions.length;

/** 'opsg' as a number; with 0 the ledger's own lock, with 1 that of roles and databases, with a domain's number that domain's. */
export const lockClass = 0x6f707367;

/**
 * Brings schema `ops` of the target to this program's version, in one
 * transaction. Safe when several start at once. Returns the steps taken.
 *
 * @throws OpsError LEDGER_NEWER (77) when a later Opsgraph has been here
 */
export async function migrateLedger(session: Session): Promise<number> {
  return session.transaction(async () => {
    await session.query('SELECT pg_catalog.pg_advisory_xact_lock($1, 0)', [lockClass]);
    await session.execute('CREATE SCHEMA IF NOT EXISTS ops');
    await session.execute(
      'CREATE TABLE IF NOT EXISTS ops.version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const [row] = await session.query<{ version: number }>(
      'SELECT coalesce(max(version), 0) AS version FROM ops.version',
    );
    const found = row!.version;
    requireKnownVersion(found);
    for (let version = found + 1; version <= ledgerVersion; version += 1) {
      await session.execute(versions[version - 1]!);
      await session.execute('INSERT INTO ops.version (version) VALUES ($1)', [version]);
    }
    return ledgerVersion - found;
  });
}

export function requireKnownVersion(found: number): void {
  if (found <= ledgerVersion) return;
  throw new OpsError({
    code: 'LEDGER_NEWER',
    exit: 'refused',
    message: `the target's ledger has version ${found}, this Opsgraph knows ${ledgerVersion}`,
    hint: 'update this checkout; a newer one has worked on this database',
  });
}
