import { allRules } from './rules/all-rules.ts';

/** Of every rule, and of the notes that can be allowed too. */
export const ruleNames: ReadonlySet<string> = new Set([
  ...allRules.map(({ name }) => name),
  'not-looked-into',
  'not-read',
]);
