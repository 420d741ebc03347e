import { expect, it } from 'vitest';
import type { Environment, EnvironmentFile, SecretReference } from '../src/index.ts';

// What the compiler must refuse; `pnpm typecheck` fails when it does not.
const refused = [
  // @ts-expect-error a secret itself
  { database: { url: 'postgres://ana:tr0ub4dor@db/simulations' } } satisfies EnvironmentFile,
  // @ts-expect-error a key there is not
  { database: { lockTimeOut: '10s' } } satisfies EnvironmentFile,
  // @ts-expect-error a group without a key it must have
  { database: { embedded: { database: 'simulations' } } } satisfies EnvironmentFile,
  // @ts-expect-error a number where a duration is written
  { database: { lockTimeout: 10 } } satisfies EnvironmentFile,
];

const accepted = [
  {},
  { sandbox: true, logs: { keep: 5 }, seeds: { sets: 'all' } },
  {
    database: { url: 'cmd:op read op://vault/url', embedded: { database: 'a', owner: 'b' } },
    seeds: { sets: ['places'] },
  },
] satisfies EnvironmentFile[];

it('types a file by the same table that validates it', () => {
  expect([refused.length, accepted.length]).toEqual([4, 3]);
});

it('types the environment: defaults are there, the rest may be missing, nothing can be assigned', () => {
  const use = (
    environment: Environment,
  ): [number, readonly string[], SecretReference | undefined, string | undefined] => {
    // @ts-expect-error readonly
    environment.logs.keep = 1;
    return [
      environment.logs.keep,
      environment.migrations.directories,
      environment.database.url,
      environment.database.embedded?.owner,
    ];
  };
  expect(use).toBeTypeOf('function');
});
