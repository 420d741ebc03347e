// The least that a program with a database does.
// @boundaries-ignore it is installed beside this file, for the bench only
import pg from 'pg';

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
await client.query('SELECT 1');
await client.end();
