// Seeding as knex's users do it: rows of a file, batchInsert, no ledger, no check.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
// @boundaries-ignore it is installed beside this file, for the bench only
import knex from 'knex';

const [, , table, file] = process.argv;
const db = knex({ client: 'pg', connection: process.env.DATABASE_URL });
await db.transaction(async (transaction) => {
  let rows = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    rows.push(JSON.parse(line));
    if (rows.length < 50_000) continue;
    await transaction.batchInsert(table, rows, 1000);
    rows = [];
  }
  await transaction.batchInsert(table, rows, 1000);
});
await db.destroy();
