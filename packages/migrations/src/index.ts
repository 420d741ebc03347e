export { migrate, type MigrateInput, type MigrateResult } from './migrate.ts';
export { newMigration, type NewMigrationInput } from './new-migration.ts';
export { planMigrations, type MigrationPlan, type MigrationProblem, type ProblemKind } from './plan-migrations.ts';
export { rehearse, type RehearsedMigration } from './rehearse.ts';
export { repair, type RepairInput, type RepairResult } from './repair.ts';
export { rollback, type RollbackInput, type RollbackResult } from './rollback.ts';
export { type KnexOptions, type MigrationSettings } from './settings.ts';
export { reportMigrated, reportPlan, reportRehearsed, reportRepair, reportRolledBack, type Report } from './report.ts';
