import { columns } from './cases/columns.ts';
import { constraints } from './cases/constraints.ts';
import { indexes } from './cases/indexes.ts';
import type { RuleCase } from './cases/rule-case.ts';
import { statements } from './cases/statements.ts';
import { tables } from './cases/tables.ts';
import { types } from './cases/types.ts';

export type { RuleCase };

export const cases: RuleCase[] = [...columns, ...constraints, ...types, ...indexes, ...tables, ...statements];
