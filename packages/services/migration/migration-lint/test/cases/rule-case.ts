/** What each rule is for: SQL that it must find, and SQL beside it that it must leave alone. */
export interface RuleCase {
  rule: string;
  unsafe: string[];
  safe: string[];
  /** Outside of a transaction. */
  alone?: true;
  version?: number;
  enable?: string[];
}
