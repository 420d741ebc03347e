// `DATABASE_URL=… PG_DUMP=/usr/lib/postgresql/15/bin/pg_dump pnpm --filter @opsgraph/schemas run oracle`: does a real
// pg_dump see each of the changes that our test says it sees, and do we see them on its server too? The server (of
// pg_dump's version, and its superuser) gets two databases for as long as this runs, and is better one to throw away.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { withSession } from '@opsgraph/postgres';
import { secretUrl } from '@opsgraph/secrets';
import { compareColumnOrder, compareSchemas, readSchema } from '../src/index.ts';
import { changes } from '../test/changes.ts';
import { richSchema } from '../test/rich-schema.ts';

const { DATABASE_URL: server, PG_DUMP: program = 'pg_dump' } = process.env;
if (server === undefined)
  throw new Error('DATABASE_URL is missing: the superuser of a server of the same version as PG_DUMP');
const run = promisify(execFile);
const urlOf = (database: string): URL => Object.assign(new URL(server), { pathname: `/${database}` });
const on = <T>(database: string, work: Parameters<typeof withSession<T>>[1]): Promise<T> => {
  const url = secretUrl('DATABASE_URL', urlOf(database).href);
  return withSession(
    { url, applicationName: 'oracle', lockTimeout: 0, statementTimeout: 0, connectTimeout: 5000 },
    work,
  );
};

async function dump(database: string): Promise<string> {
  const { hostname, port, username, password } = urlOf(database);
  const env = { ...process.env, PGHOST: hostname, PGPORT: port, PGUSER: username, PGPASSWORD: password };
  const { stdout } = await run(program, ['--schema-only', database], { env, maxBuffer: 2 ** 26 });
  // Newer ones write a random word there.
  return stdout.replaceAll(/^\\(un)?restrict .*$/gm, '');
}

let failures = 0;
try {
  await on('postgres', (session) => session.execute('CREATE DATABASE rich TEMPLATE template0'));
  const before = await on('rich', async (session) => {
    await session.execute(richSchema);
    return readSchema(session);
  });
  const dumped = await dump('rich');
  for (const [kind, sql] of changes) {
    await on('postgres', (session) => session.execute('CREATE DATABASE changed TEMPLATE rich'));
    const after = await on('changed', async (session) => {
      await session.execute(sql);
      return readSchema(session);
    });
    const isDumped = (await dump('changed')) !== dumped;
    const isSeen = compareSchemas(before, after).length + compareColumnOrder(before, after).length > 0;
    if (!isDumped || !isSeen) {
      failures += 1;
      process.stdout.write(`${kind}: ${isDumped ? '' : 'not '}seen by pg_dump, ${isSeen ? '' : 'not '}by us\n`);
    }
    await on('postgres', (session) => session.execute('DROP DATABASE changed'));
  }
  process.stdout.write(`${changes.length - failures} of ${changes.length} are seen by pg_dump and by us\n`);
} finally {
  await on('postgres', (session) => session.execute('DROP DATABASE IF EXISTS changed'));
  await on('postgres', (session) => session.execute('DROP DATABASE IF EXISTS rich'));
}
process.exit(failures === 0 ? 0 : 1);
