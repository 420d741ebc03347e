import type { Node } from 'libpg-query';
import { type Allowance, readAllowances } from './allowances.ts';
import { describeLocks } from './describe-locks.ts';
import type { Finding, Report } from './finding.ts';
import { Known } from './known.ts';
import type { Comment } from './leading-comments.ts';
import { Positions } from './positions.ts';
import { loadPrinter, type Printer } from './printer.ts';
import { readStatements, type Statement, type Unread } from './read-statements.ts';
import type { Rule, RuleContext } from './rule.ts';
import { ruleNames } from './rule-names.ts';
import { allRules } from './rules/all-rules.ts';

export interface LintOptions {
  /** As shown in the findings. */
  file: string;
  /** Whether the text is in the file, or was sent by the program in it; default file. */
  place?: Finding['place'];
  /** The line of the file on which the text begins; default 1. */
  firstLine?: number;
  /** Whether the whole text is applied in one transaction; default true. */
  transaction?: boolean;
  /** server_version_num of the oldest server it must be safe on; default 140000. */
  version?: number;
  /** Whether the session that applies it has a lock_timeout, as those of Opsgraph have; default true. */
  hasLockTimeout?: boolean;
  /** Whether that session counts its time in UTC; default false. */
  isUtc?: boolean;
  /** Names of rules to leave out. */
  disable?: readonly string[];
  /** Names of optional rules to use. */
  enable?: readonly string[];
  /** What migrations before this one have made; it is brought up to date. */
  known?: Known;
}

/**
 * What is not safe in the SQL of one migration, in its order, read from
 * PostgreSQL's own parse tree. What the parser refuses, and what only the
 * server knows (DO blocks), is a finding of level `note`. Executes nothing.
 */
export async function lintSql(sql: string, options: LintOptions): Promise<Finding[]> {
  const bytes = Buffer.from(sql);
  const [{ statements, unread }, print] = await Promise.all([readStatements(bytes), loadPrinter()]);
  const positions = new Positions(bytes, options.firstLine ?? 1);
  const known = options.known ?? new Known();
  known.beginFile(options.transaction ?? true);
  const linter = new Linter(options, positions, known, print);
  const nodes = statements.map(({ node }) => node);
  for (const [index, statement] of statements.entries())
    linter.read({
      ...statement,
      text: positions.text(statement.start, statement.end),
      inTransaction: known.isInTransaction,
      after: known.isInTransaction ? () => restOfTransaction(nodes, index) : () => [],
    });
  for (const part of unread) linter.tellUnread(part);
  linter.end(bytes.length);
  return linter.findings.toSorted((one, other) => one.line - other.line || one.column - other.column);
}

class Linter {
  readonly findings: Finding[] = [];
  readonly #options: LintOptions;
  readonly #positions: Positions;
  readonly #rules: readonly Rule[];
  readonly #context: RuleContext;

  constructor(options: LintOptions, positions: Positions, known: Known, print: Printer) {
    const { version = 140000, hasLockTimeout = true, isUtc = false, disable = [], enable = [] } = options;
    this.#options = options;
    this.#positions = positions;
    this.#rules = allRules.filter(
      ({ name, optional }) => !disable.includes(name) && (!optional || enable.includes(name)),
    );
    this.#context = { version, hasLockTimeout, isUtc, known, print };
  }

  read(statement: Statement): void {
    const allowances = this.#readAllowances(statement.comments);
    for (const rule of this.#rules) {
      for (const report of rule.check(statement, this.#context)) this.#report(rule.name, statement, report, allowances);
    }
    const what = unseen(statement);
    if (what !== undefined)
      this.#report(
        'not-looked-into',
        statement,
        { level: 'note', message: what, blocks: 'not known', lasts: 'moment' },
        allowances,
      );
    this.#context.known.observe(statement);
    this.#tellUnused(allowances);
  }

  tellUnread({ at, message, comments, start, end }: Unread): void {
    const allowances = this.#readAllowances(comments);
    const text = this.#positions.text(start, end);
    this.#report(
      'not-read',
      { start, text },
      {
        at,
        level: 'note',
        message: `PostgreSQL's parser cannot read this (${message}); it was not checked, and is applied as it is`,
        blocks: 'not known',
        lasts: 'moment',
      },
      allowances,
    );
    this.#tellUnused(allowances);
  }

  end(at: number): void {
    if (!this.#context.known.hasOpenTransaction || this.#options.disable?.includes('transaction-control')) return;
    this.#report(
      'transaction-control',
      { start: at, text: '' },
      {
        message: 'a transaction was begun and never ended',
        blocks: 'the migration itself: it is rolled back',
        lasts: 'does-not-run',
      },
      [],
    );
  }

  #readAllowances(comments: readonly Comment[]): Allowance[] {
    const { allowances, bad } = readAllowances(comments, ruleNames);
    for (const { at, message } of bad)
      this.#report(
        'lint-comment',
        { start: at, text: '' },
        { message, blocks: 'nobody: it allows nothing', lasts: 'moment' },
        [],
      );
    return allowances;
  }

  #report(
    rule: string,
    { start, text }: Pick<Statement, 'start' | 'text'>,
    report: Report,
    allowances: Allowance[],
  ): void {
    const allowed = allowances.filter((allowance) => allowance.rule === rule);
    for (const allowance of allowed) allowance.isUsed = true;
    if (allowed.length > 0) return;
    const { at = start, level = 'warning', message, locks = [], blocks, lasts, safe = [] } = report;
    this.findings.push({
      rule,
      level,
      file: this.#options.file,
      place: this.#options.place ?? 'file',
      ...this.#positions.at(Math.max(at, 0)),
      statement: text,
      message,
      locks,
      blocks: blocks ?? describeLocks(locks),
      lasts,
      safe,
    });
  }

  #tellUnused(allowances: readonly Allowance[]): void {
    if (allowances.length === 0) return;
    const used = new Set(this.#rules.map(({ name }) => name));
    for (const { rule, at, isUsed } of allowances) {
      if (isUsed || !used.has(rule)) continue;
      const report = {
        level: 'note',
        message: `the comment allows ${rule}, and the statement after it does nothing of the kind`,
        blocks: 'nobody',
        lasts: 'moment',
      } as const;
      this.#report('lint-comment', { start: at, text: '' }, report, []);
    }
  }
}

function restOfTransaction(nodes: readonly Node[], index: number): readonly Node[] {
  const end = nodes.findIndex((node, at) => at > index && 'TransactionStmt' in node);
  return nodes.slice(index + 1, end < 0 ? undefined : end);
}

/** What the parse tree of a statement does not show. */
function unseen({ node }: Statement): string | undefined {
  if ('DoStmt' in node) return 'the body of a DO block is not checked';
  if ('CallStmt' in node) return 'what the procedure does is not checked';
  return undefined;
}
