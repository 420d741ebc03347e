import type { Rule } from '../rule.ts';

export const dropDatabase: Rule = {
  name: 'drop-database',
  summary: 'A migration drops a database',
  *check({ node }, { print }) {
    if (!('DropdbStmt' in node)) return;
    yield {
      message: `the database ${print.name(node.DropdbStmt.dbname ?? '')} and all that is in it would be gone`,
      blocks: 'everybody who uses it',
      lasts: 'until-deployed',
    };
  },
};
