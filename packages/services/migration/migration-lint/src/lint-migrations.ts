import { OpsError } from '@opsgraph/errors';
import { readAllowances } from './allowances.ts';
import type { Finding } from './finding.ts';
import { Known, type KnownTable } from './known.ts';
import { lintSql } from './lint-sql.ts';
import { ruleNames } from './rule-names.ts';

export interface MigrationSql {
  /** Relative to the project. */
  file: string;
  sql: string;
  /** The line of the file on which `sql` begins. For SQL that a program sent: undefined, and lines are those of `sql`. */
  firstLine: number | undefined;
  /** Whether it is applied in one transaction. */
  transaction: boolean;
  /** The program that sent it: its `// lint: allow …` comments are for all of its statements. */
  source?: string;
  /** Why statements after the last one are not known. */
  incomplete?: string | undefined;
  /** Why nothing of it is known though it should be: a finding. */
  failure?: string | undefined;
}

export interface LintSettings {
  /** server_version_num of the oldest server. */
  version: number;
  hasLockTimeout: boolean;
  /** Rules that the project does without, each with its reason. */
  disable: Readonly<Record<string, string>>;
  /** Optional rules to use. */
  enable: readonly string[] | 'all';
  /** Those of the target; without a target what the files make is known only. */
  tables?: readonly KnownTable[];
  /** Whether the target's sessions count their time in UTC; default: false. */
  isUtc?: boolean;
}

export interface LintResult {
  files: number;
  /** Of the order of the migrations and of their lines. */
  findings: Finding[];
}

/**
 * Lints migrations in the order in which they are applied; a constraint that
 * one adds and the next validates is understood.
 *
 * @throws OpsError LINT_RULE_UNKNOWN (78): the configuration names a rule there is not
 */
export async function lintMigrations(migrations: readonly MigrationSql[], settings: LintSettings): Promise<LintResult> {
  const enable = settings.enable === 'all' ? [...ruleNames] : settings.enable;
  requireRules([...Object.keys(settings.disable), ...enable]);
  const known = new Known(settings.tables);
  const findings: Finding[] = [];
  for (const migration of migrations) {
    const { allowed, bad } = allowedBySource(migration);
    const found = await lintSql(migration.sql, {
      file: migration.file,
      place: migration.firstLine === undefined ? 'sent' : 'file',
      firstLine: migration.firstLine ?? 1,
      transaction: migration.transaction,
      version: settings.version,
      hasLockTimeout: settings.hasLockTimeout,
      isUtc: settings.isUtc ?? false,
      disable: [...Object.keys(settings.disable), ...allowed],
      enable,
      known,
    });
    findings.push(...bad, ...found.filter(({ rule }) => !allowed.includes(rule) && !(rule in settings.disable)));
    if (migration.failure !== undefined)
      findings.push({ ...note(migration.file, 'not-read', migration.failure), level: 'error' });
    if (migration.incomplete !== undefined) findings.push(note(migration.file, 'not-read', migration.incomplete));
  }
  return { files: migrations.length, findings };
}

function requireRules(names: readonly string[]): void {
  const unknown = names.filter((name) => !ruleNames.has(name));
  if (unknown.length === 0) return;
  throw new OpsError({
    code: 'LINT_RULE_UNKNOWN',
    exit: 'configuration',
    message: `migrations.lint names ${unknown.length === 1 ? 'a rule that does not exist' : 'rules that do not exist'}: ${unknown.join(', ')}`,
    hint: `the rules are: ${[...ruleNames].join(', ')}`,
  });
}

/** In a program the statements have no place, so what it allows it allows as a whole. */
function allowedBySource({ file, source = '' }: MigrationSql): { allowed: string[]; bad: Finding[] } {
  const comments = [...source.matchAll(/^[ \t]*\/\/[ \t]*(lint:.*?)\r?$/gm)].map(({ 1: text = '', index }) => ({
    text: text.trim(),
    start: index,
  }));
  const { allowances, bad } = readAllowances(comments, ruleNames);
  return {
    allowed: allowances.map(({ rule }) => rule),
    bad: bad.map(({ at, message }) => ({
      ...note(file, 'lint-comment', message),
      level: 'warning',
      line: source.slice(0, at).split('\n').length,
    })),
  };
}

function note(file: string, rule: string, message: string): Finding {
  return {
    rule,
    level: 'note',
    file,
    place: 'file',
    line: 1,
    column: 1,
    statement: '',
    message,
    locks: [],
    blocks: 'not known',
    lasts: 'moment',
    safe: [],
  };
}
