import type { OpsError } from '@opsgraph/errors';
import { defaultExtensions, type MigrationSettings } from '../settings.ts';

export type Refuse = (message: string, hint?: string, cause?: unknown) => OpsError;

/**
 * Refuses where the knexfile and the configuration mean different histories:
 * another table would be an empty ledger, another order another schema. What
 * the knexfile does not say is not compared.
 */
export function requireAgreement(settings: MigrationSettings, theirs: Record<string, unknown>, refuse: Refuse): void {
  const hook = ['beforeAll', 'beforeEach', 'afterEach', 'afterAll'].find((name) => theirs[name] !== undefined);
  if (hook !== undefined)
    throw refuse(
      `has migrations.${hook}, which only knex runs`,
      'do in a migration what it does; or let migrations.knexModule name a module with the rest of the knexfile',
    );
  const ours: Record<string, unknown> = {
    tableName: settings.tableName ?? 'knex_migrations',
    schemaName: settings.schemaName,
    searchPath: settings.searchPath && [settings.searchPath].flat(),
    sortDirsSeparately: settings.sortDirsSeparately ?? false,
    disableTransactions: settings.disableTransactions ?? false,
    loadExtensions: settings.loadExtensions ?? defaultExtensions,
  };
  const other = Object.keys(ours).filter((key) => theirs[key] != null && !isSame(key, theirs[key], ours[key]));
  if (other.length === 0) return;
  const each = other.map((key) => `${key} ${shown(theirs[key])}, and the configuration ${shown(ours[key])}`);
  throw refuse(
    `has ${each.join('; ')}`,
    `write ${other.map((key) => `${key}: ${shown(theirs[key])}`).join(', ')} under migrations in the configuration`,
  );
}

function isSame(key: string, theirs: unknown, ours: unknown): boolean {
  // Further ones do no harm: .sql and .mjs are ours.
  if (key === 'loadExtensions') return [theirs].flat().every((one) => (ours as unknown[]).includes(one));
  return JSON.stringify([theirs].flat()) === JSON.stringify([ours].flat());
}

function shown(value: unknown): string {
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  return typeof value === 'string' ? `'${value}'` : String(value);
}
