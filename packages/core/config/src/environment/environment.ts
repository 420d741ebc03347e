import type { FileValuesOf, KeyTable, ValuesOf } from '../declare/key.ts';
import type { Rule } from '../declare/rule.ts';
import { accounts } from '../sections/accounts.ts';
import { backfills } from '../sections/backfills.ts';
import { database, databaseRule } from '../sections/database.ts';
import { deployment } from '../sections/deployment.ts';
import { deploymentRule } from '../sections/deployment-rule.ts';
import { logs } from '../sections/logs.ts';
import { migrations } from '../sections/migrations.ts';
import { passThrough } from '../sections/pass-through.ts';
import { sandbox, sandboxRule } from '../sections/sandbox.ts';
import { seeds } from '../sections/seeds.ts';

/** Every key there is. A further section is a file in sections/ and a line here. */
export const keyTable = {
  sandbox,
  passThrough,
  database,
  migrations,
  backfills,
  seeds,
  accounts,
  logs,
  deployment,
} satisfies KeyTable;

export const rules: readonly Rule[] = [sandboxRule, databaseRule, deploymentRule];

/** The validated configuration: durations in milliseconds, paths absolute, deeply frozen. */
export interface Environment extends ValuesOf<typeof keyTable> {}

/** What config/<name>.ts exports: `export default { … } satisfies EnvironmentFile`. */
export interface EnvironmentFile extends FileValuesOf<typeof keyTable> {}
