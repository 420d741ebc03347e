import { duration, group, identifier, optionalGroup, secret } from '../declare/declare.ts';
import type { Rule } from '../declare/rule.ts';

/** PostgreSQL keeps its timeouts in 32 bits of milliseconds. */
const longest = 2 ** 31 - 1;

export const database = group('The database all tasks work on', {
  url: secret({
    kind: 'url',
    description:
      'Server, login and database: postgres://user:password@host:5432/database; TLS: sslmode, sslrootcert, channel_binding',
    variable: 'DATABASE_URL',
  }),
  embedded: optionalGroup(
    'The PostgreSQL that Opsgraph runs on this machine; used when DATABASE_URL is not set, and only by a sandbox',
    {
      database: identifier({ description: 'Name of the database', required: true }),
      owner: identifier({ description: 'Role that owns the database; the tasks log in as it', required: true }),
      ownerPassword: secret({
        kind: 'text',
        description: 'Password of the owner; setup makes a random one',
        variable: 'DATABASE_OWNER_PASSWORD',
        default: 'env:DATABASE_OWNER_PASSWORD',
        generated: true,
      }),
    },
  ),
  adminUrl: secret({
    kind: 'url',
    description: 'A login that may create roles and databases; only setup uses it',
    variable: 'DATABASE_ADMIN_URL',
  }),
  roles: group('Roles besides the owner', {
    app: optionalGroup('The role of the service itself: reads and writes rows, changes no tables', {
      name: identifier({ description: 'Name of the role', required: true }),
      password: secret({
        kind: 'text',
        description: 'Password of the role; setup makes a random one for a sandbox',
        variable: 'DATABASE_APP_PASSWORD',
        default: 'env:DATABASE_APP_PASSWORD',
        generated: true,
      }),
    }),
  }),
  lockTimeout: duration({
    description: 'How long a statement waits for a lock on a table or row (lock_timeout); 0 waits forever',
    variable: 'DATABASE_LOCK_TIMEOUT',
    default: '10s',
    max: longest,
  }),
  statementTimeout: duration({
    description: 'How long a statement may run (statement_timeout); 0 sets no limit',
    variable: 'DATABASE_STATEMENT_TIMEOUT',
    default: '15m',
    max: longest,
  }),
  connectTimeout: duration({
    description: 'How long to wait for a connection to open',
    variable: 'DATABASE_CONNECT_TIMEOUT',
    default: '10s',
    max: longest,
  }),
  lockWait: duration({
    description: 'How long a task waits while another one works on the same domain',
    variable: 'OPS_LOCK_WAIT',
    default: '60s',
    max: longest,
  }),
});

/** There must be a database, and the embedded one is no place for data that matters. */
export const databaseRule: Rule = ({ environmentName, given, value }) => {
  const problems: string[] = [];
  if (!given('database.url') && !given('database.embedded')) {
    problems.push(
      `database.url: missing; nothing says where the database of ${environmentName} is: set DATABASE_URL in the process environment or in config/.env.${environmentName}, for example postgres://user:password@host:5432/database`,
    );
  }
  if (given('database.embedded') && value('sandbox') === false) {
    problems.push(
      `database.embedded (config/${environmentName}.ts): only a sandbox may use the embedded PostgreSQL; remove it and set DATABASE_URL, or say sandbox: true`,
    );
  }
  return problems;
};
