import { timingSafeEqual } from 'node:crypto';
import { identifier } from '@opsgraph/postgres';
import { quoted } from '../quoted.ts';
import { defaultServiceTables, type ServiceTables } from '../settings.ts';
import { keyId, sha256 } from './key.ts';

/** What a backend has: a session of Opsgraph, or three lines around its own pool. */
export interface Queries {
  /**
   * Who hands `name` on to the driver has the statement prepared once a
   * connection: planning it takes three times as long as running it. Leave it
   * out behind a pooler that keeps no prepared statements.
   */
  query<Row extends Record<string, unknown>>(sql: string, values: unknown[], name?: string): Promise<Row[]>;
}

export type Verified =
  | { ok: true; account: string; keyId: string; scopes: readonly string[] }
  | {
      ok: false;
      /** For the service's log; tell the caller only 401, or for `scope` 403. */
      reason: 'malformed' | 'unknown' | 'revoked' | 'expired' | 'scope';
    };

interface KeyRow extends Record<string, unknown> {
  sha256: Buffer;
  name: string;
  scopes: string[];
  /** unseen: valid, and its last use is a minute old or more. */
  state: 'revoked' | 'expired' | 'unseen' | 'seen';
}

const nobody = Buffer.alloc(32);

/**
 * Whether `presented` (without `Bearer `) is a valid key of an account with
 * `scope`. Shape and check digits are looked at first, so garbage never
 * reaches the database; then one query over a unique index, and a comparison
 * in constant time. The last use is written at most once a minute.
 *
 * Never throws because of what was presented; what the database throws passes
 * through.
 */
export async function verifyKey(
  queries: Queries,
  presented: unknown,
  scope: string,
  tables: ServiceTables = defaultServiceTables,
): Promise<Verified> {
  const id = keyId(presented);
  if (id === undefined) return { ok: false, reason: 'malformed' };
  const statements = statementsFor(tables);
  const [found] = await queries.query<KeyRow>(statements.find, [id], statements.name);
  // Also when there is no such key: the time must not tell.
  const isSame = timingSafeEqual(sha256(presented as string), found?.sha256 ?? nobody);
  if (found === undefined || !isSame) return { ok: false, reason: 'unknown' };
  if (found.state === 'revoked' || found.state === 'expired') return { ok: false, reason: found.state };
  if (!found.scopes.includes(scope)) return { ok: false, reason: 'scope' };
  if (found.state === 'unseen') await queries.query(statements.markUsed, [id]);
  return { ok: true, account: found.name, keyId: id, scopes: found.scopes };
}

interface Statements {
  find: string;
  /** Another one for other tables: a connection keeps one statement under a name. */
  name: string;
  markUsed: string;
}

const built = new WeakMap<ServiceTables, Statements>();

function statementsFor(tables: ServiceTables): Statements {
  const known = built.get(tables);
  if (known !== undefined) return known;
  const accounts = identifier(tables.schema, tables.table);
  const keys = identifier(tables.schema, tables.keyTable);
  const a = quoted(tables.columns);
  const k = quoted(tables.keyColumns);
  const isUnseen = `(k.${k.lastUsedAt} IS NULL OR k.${k.lastUsedAt} < now() - interval '1 minute')`;
  const find = `SELECT k.${k.sha256} AS sha256, a.${a.name} AS name, a.${a.scopes} AS scopes,
             CASE WHEN k.${k.revokedAt} IS NOT NULL OR a.${a.revokedAt} IS NOT NULL THEN 'revoked'
               WHEN k.${k.expiresAt} <= now() THEN 'expired' WHEN ${isUnseen} THEN 'unseen' ELSE 'seen' END AS state
           FROM ${keys} k JOIN ${accounts} a ON a.${a.id} = k.${k.accountId} WHERE k.${k.publicId} = $1`;
  const statements = {
    find,
    name: `verify_key_${sha256(find).toString('hex', 0, 8)}`,
    // Of many requests in the same moment one writes, and none waits for it.
    markUsed: `UPDATE ${keys} SET ${k.lastUsedAt} = now() WHERE ${k.id} =
                (SELECT k.${k.id} FROM ${keys} k WHERE k.${k.publicId} = $1 AND ${isUnseen} FOR UPDATE SKIP LOCKED)`,
  };
  built.set(tables, statements);
  return statements;
}
