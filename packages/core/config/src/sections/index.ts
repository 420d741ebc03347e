// Generated from the files of this folder by `pnpm generate`.
import type { KeyTable } from '../declare/key.ts';
import type { Rule } from '../declare/rule.ts';
import { accounts } from './accounts.ts';
import { backfills } from './backfills.ts';
import { database, databaseRule } from './database.ts';
import { deployment, deploymentRule } from './deployment.ts';
import { logs } from './logs.ts';
import { migrations } from './migrations.ts';
import { passThrough } from './pass-through.ts';
import { sandbox, sandboxRule } from './sandbox.ts';
import { seeds } from './seeds.ts';

/** Every key there is, by sections. */
export const keyTable = {
  accounts,
  backfills,
  database,
  deployment,
  logs,
  migrations,
  passThrough,
  sandbox,
  seeds,
} satisfies KeyTable;

/** Conditions over several keys, by the section whose problem it is. */
export const rules: { readonly [section in keyof typeof keyTable]?: Rule } = {
  database: databaseRule,
  deployment: deploymentRule,
  sandbox: sandboxRule,
};
