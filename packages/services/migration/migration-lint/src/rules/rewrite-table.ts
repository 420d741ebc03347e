import type { RangeVar } from 'libpg-query';
import { alterations } from '../alterations.ts';
import type { Report } from '../finding.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { lock, withoutTransaction } from '../steps.ts';

const rewriting = new Map<string | undefined, string>([
  ['AT_SetLogged', 'SET LOGGED'],
  ['AT_SetUnLogged', 'SET UNLOGGED'],
  ['AT_SetAccessMethod', 'SET ACCESS METHOD'],
  ['AT_SetTableSpace', 'SET TABLESPACE'],
  ['AT_SetExpression', 'SET EXPRESSION of a stored column'],
]);

export const rewriteTable: Rule = {
  name: 'rewrite-table',
  summary: 'VACUUM FULL, CLUSTER, SET LOGGED and the like copy the whole table while nobody can use it',
  *check({ node }, context) {
    if ('ClusterStmt' in node) yield report('CLUSTER', node.ClusterStmt.relation, context);
    if ('VacuumStmt' in node && node.VacuumStmt.is_vacuumcmd) {
      const isFull = node.VacuumStmt.options?.some(
        (option) => 'DefElem' in option && option.DefElem.defname === 'full' && !isOff(option.DefElem.arg),
      );
      const [first] = node.VacuumStmt.rels ?? [];
      const relation = first !== undefined && 'VacuumRelation' in first ? first.VacuumRelation.relation : undefined;
      if (isFull) yield report('VACUUM FULL', relation, context);
    }
    for (const { table, command } of alterations(node)) {
      const what = rewriting.get(command.subtype);
      if (what !== undefined && !context.known.isNewTable(table)) yield report(what, table, context);
    }
  },
};

function report(what: string, relation: RangeVar | undefined, { print }: RuleContext): Report {
  const target = relation === undefined ? 'every table' : print.table(relation);
  return {
    message: `${what} copies ${relation === undefined ? 'every table' : 'the whole table'}`,
    locks: [lock('ACCESS EXCLUSIVE', target)],
    lasts: 'table-size',
    safe:
      what === 'VACUUM FULL' || what === 'CLUSTER'
        ? [
            withoutTransaction(
              relation === undefined ? 'VACUUM' : `VACUUM ${target}`,
              '-- to give space back to the disk beside running code, use pg_repack or pg_squeeze, outside of migrations',
            ),
          ]
        : [],
  };
}

function isOff(argument: unknown): boolean {
  return /"(false|off|0)"|"boolval":false|"ival":\{\}/.test(JSON.stringify(argument ?? null));
}
