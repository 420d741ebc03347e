export { type MigrateInput, type MigrateResult, migrate } from './migrate.ts';
export { type NewMigrationInput, newMigration } from './new-migration.ts';
export { type MigrationPlan, type MigrationProblem, type ProblemKind, planMigrations } from './plan-migrations.ts';
export type {
  LockMode,
  RehearsedMigration,
  RehearsedStatement,
  TableEffect,
  TableFacts,
} from './rehearse/rehearsed.ts';
export { type MigrationLocks, summariseLocks } from './rehearse/summarise-locks.ts';
export { type Rehearsal, type RehearseInput, rehearse } from './rehearse.ts';
export { type RepairInput, type RepairResult, repair } from './repair.ts';
export { reportMigrated, reportPlan, reportRehearsed, reportRepair, reportRolledBack } from './report.ts';
export { type RollbackInput, type RollbackResult, rollback } from './rollback.ts';
export type { KnexOptions, MigrationSettings } from './settings.ts';
