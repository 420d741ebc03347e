import type { Comment } from './leading-comments.ts';

export interface Allowance {
  rule: string;
  reason: string;
  /** Byte offset of its comment. */
  at: number;
  isUsed: boolean;
}

export interface BadAllowance {
  at: number;
  message: string;
}

/** Reads `lint: allow <rule>[, <rule>] because <reason>` comments. */
export function readAllowances(
  comments: readonly Comment[],
  rules: ReadonlySet<string>,
): { allowances: Allowance[]; bad: BadAllowance[] } {
  const allowances: Allowance[] = [];
  const bad: BadAllowance[] = [];
  for (const { text, start } of comments) {
    const found = /^lint:\s*(.*)$/i.exec(text);
    if (found === null) continue;
    const said = /^allow\s+([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)(?:\s+because\s+(\S.*))?$/i.exec(found[1]!);
    if (said === null)
      bad.push({ at: start, message: 'the comment is not of the form `lint: allow <rule> because <reason>`' });
    else if (said[2] === undefined)
      bad.push({ at: start, message: `the comment allows ${said[1]} without a reason after because` });
    else {
      for (const rule of said[1]!.split(/\s*,\s*/)) {
        if (rules.has(rule)) allowances.push({ rule, reason: said[2], at: start, isUsed: false });
        else bad.push({ at: start, message: `the comment allows "${rule}", and there is no such rule` });
      }
    }
  }
  return { allowances, bad };
}
