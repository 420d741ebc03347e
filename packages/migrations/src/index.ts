export { migrate, type MigrateInput, type MigrateResult } from './migrate.ts';
export { planMigrations, type MigrationPlan, type MigrationProblem, type ProblemKind } from './plan-migrations.ts';
export { type KnexOptions, type MigrationSettings } from './settings.ts';
