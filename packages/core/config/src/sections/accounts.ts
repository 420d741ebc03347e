import { duration, group, identifier, integer, texts } from '../declare/declare.ts';
import type { Key } from '../declare/key.ts';
import { identifierSchema } from '../declare/schemas.ts';
import { administrators, serviceAccounts } from './accounts/wanted-accounts.ts';

/** What most keys are: no variable, no secret. */
const plain = { type: 'key', variable: undefined, isSecret: false } as const;

const schema = identifier({ description: 'Schema of the table', default: 'public' });

export const accounts = group('Administrators and service accounts', {
  users: group('The table of users', {
    schema,
    table: identifier({ description: 'Name of the table of users', default: 'users' }),
    columns: columns('Its columns that have other names', {
      id: 'id',
      email: 'email',
      role: 'role',
      passwordHash: 'password_hash',
      disabledAt: 'disabled_at',
      createdAt: 'created_at',
      resetTokenHash: 'reset_token_hash',
      resetTokenExpiresAt: 'reset_token_expires_at',
    }),
    administrator: word({ description: 'Value of the role column for an administrator', default: 'admin' }),
    ordinary: word({ description: 'Value of the role column for everybody else', default: 'user' }),
  }),
  services: group('The tables of service accounts and their keys', {
    schema,
    table: identifier({ description: 'Name of the table of service accounts', default: 'service_accounts' }),
    columns: columns('Its columns that have other names', {
      id: 'id',
      name: 'name',
      scopes: 'scopes',
      keyLifetime: 'key_lifetime',
      createdAt: 'created_at',
      revokedAt: 'revoked_at',
    }),
    keyTable: identifier({ description: 'Name of the table of their keys', default: 'service_account_keys' }),
    keyColumns: columns('The columns of the keys that have other names', {
      id: 'id',
      accountId: 'account_id',
      publicId: 'public_id',
      sha256: 'sha256',
      createdAt: 'created_at',
      deliveredAt: 'delivered_at',
      expiresAt: 'expires_at',
      lastUsedAt: 'last_used_at',
      revokedAt: 'revoked_at',
    }),
    keyPrefix: word({
      description: 'Prefix of every key, before an underscore, so that secret scanners find it',
      default: 'sim',
      pattern: /^[a-z][a-z0-9]{1,15}$/,
      expected: '2 to 16 lower-case letters and digits, starting with a letter',
    }),
  }),
  scopes: texts({
    description: 'The scopes that exist',
    default: ['simulations:read', 'simulations:write'],
    pattern: /^[a-z][a-z0-9._:-]{0,62}$/,
    expected: 'a list of scopes: lower-case letters, digits, dots, colons and dashes',
    example: "['simulations:read']",
  }),
  password: group('Passwords', {
    minimumLength: integer({
      description: 'Minimum number of characters of a chosen password',
      default: 12,
      min: 8,
      max: 128,
    }),
    memory: integer({
      description: 'Memory of argon2id in KiB; OWASP asks for 19456',
      default: 19_456,
      min: 8192,
      max: 4_194_304,
    }),
    passes: integer({ description: 'Passes of argon2id over that memory', default: 2, min: 1, max: 100 }),
    parallelism: integer({ description: 'Lanes of argon2id', default: 1, min: 1, max: 16 }),
  }),
  signIn: group('One-time links to choose a password', {
    page: webPage({
      description: 'Address of the page; the token is added after #token=. Without it only the token is shown',
    }),
    lifetime: duration({ description: 'How long a link can be used', default: '1d', max: 30 * 86_400_000 }),
  }),
  administrators,
  serviceAccounts,
});

interface Word {
  description: string;
  default: string;
  pattern?: RegExp;
  expected?: string;
}

function word({ description, default: byDefault, pattern = /^[^\s\0]{1,63}$/, expected = 'a word' }: Word) {
  const words = { description, expected, example: `'${byDefault}'` };
  return {
    ...plain,
    ...words,
    present: 'default',
    defaultValue: byDefault,
    schema: (v) => v.pipe(v.string(), v.regex(pattern)),
  } satisfies Key<string, string, 'default'>;
}

function webPage({ description }: { description: string }): Key<string, string, 'optional'> {
  return {
    ...plain,
    description,
    expected: 'an http(s) URL without a fragment',
    example: "'https://simulations.example.org/choose-password'",
    present: 'optional',
    defaultValue: undefined,
    schema: (v) => v.pipe(v.string(), v.regex(/^https?:\/\/[^\s#@]+$/)),
  };
}

/** Names of columns by what they are for; who gives some keeps the others. */
function columns<const Names extends Readonly<Record<string, string>>>(
  description: string,
  names: Names,
): Key<{ readonly [Name in keyof Names]?: string }, { readonly [Name in keyof Names]: string }, 'default'> {
  return {
    ...plain,
    description,
    expected: `an object with any of ${Object.keys(names).join(', ')}`,
    example: `{ id: '${names['id']}' }`,
    present: 'default',
    defaultValue: names,
    schema: (v) =>
      v.pipe(
        v.strictObject(Object.fromEntries(Object.keys(names).map((name) => [name, v.optional(identifierSchema(v))]))),
        v.transform((given) => ({ ...names, ...given }) as { readonly [Name in keyof Names]: string }),
      ),
  };
}
