export type { ColumnType } from './column-type.ts';
export type { KnownColumn } from './columns.ts';
export { describeFinding } from './describe-finding.ts';
export {
  type Duration,
  durations,
  type Finding,
  type Level,
  type Lock,
  type LockMode,
  lockModes,
  type Step,
} from './finding.ts';
export { Known, type KnownTable } from './known.ts';
export { type LintResult, type LintSettings, lintMigrations, type MigrationSql } from './lint-migrations.ts';
export { type LintOptions, lintSql } from './lint-sql.ts';
export { reportLint } from './report-lint.ts';
export { ruleNames } from './rule-names.ts';
export { allRules } from './rules/all-rules.ts';
