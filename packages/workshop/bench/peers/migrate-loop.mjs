// The floor: what somebody would write by hand. A lock, a checksum for each
// file, one transaction a file together with its row in a ledger.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
// @boundaries-ignore it is installed beside this file, for the bench only
import pg from 'pg';

const [, , directory] = process.argv;
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await client.query('SELECT pg_advisory_lock(4711)');
await client.query(
  'CREATE TABLE IF NOT EXISTS applied (name text PRIMARY KEY, sha256 text NOT NULL, at timestamptz NOT NULL DEFAULT now())',
);
const { rows } = await client.query('SELECT name, sha256 FROM applied');
const applied = new Map(rows.map(({ name, sha256 }) => [name, sha256]));
for (const name of readdirSync(directory).sort()) {
  const content = readFileSync(join(directory, name), 'utf8');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const known = applied.get(name);
  if (known === sha256) continue;
  if (known !== undefined) throw new Error(`${name} was edited`);
  await client.query('BEGIN');
  await client.query(content.slice(0, content.indexOf('-- migrate:down')));
  await client.query('INSERT INTO applied (name, sha256) VALUES ($1, $2)', [name, sha256]);
  await client.query('COMMIT');
}
await client.query('SELECT pg_advisory_unlock(4711)');
await client.end();
