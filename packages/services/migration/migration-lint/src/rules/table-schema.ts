import type { RangeVar, RenameStmt } from 'libpg-query';
import { newRelation, strings } from '../alterations.ts';
import type { Rule } from '../rule.ts';

export const tableSchema: Rule = {
  name: 'table-schema',
  summary: 'A table is named without its schema, so the search_path decides which one it is',
  optional: true,
  *check({ node }, { print }) {
    const relations: (RangeVar | undefined)[] = [newRelation(node)];
    if ('AlterTableStmt' in node && node.AlterTableStmt.objtype === 'OBJECT_TABLE')
      relations.push(node.AlterTableStmt.relation);
    if ('RenameStmt' in node && isOfTable(node.RenameStmt)) relations.push(node.RenameStmt.relation);
    if ('AlterObjectSchemaStmt' in node && node.AlterObjectSchemaStmt.objectType === 'OBJECT_TABLE')
      relations.push(node.AlterObjectSchemaStmt.relation);
    if ('DropStmt' in node && node.DropStmt.removeType === 'OBJECT_TABLE') {
      for (const object of node.DropStmt.objects ?? []) {
        const [relname = '', schemaname = ''] = strings('List' in object ? object.List.items : [object]).toReversed();
        relations.push({ relname, schemaname });
      }
    }
    for (const relation of relations) {
      if (relation === undefined || relation.relpersistence === 't' || (relation.schemaname ?? '') !== '') continue;
      yield {
        at: relation.location,
        message: `the search_path of whoever applies it decides in which schema ${print.table(relation)} is`,
        blocks: 'nobody: it may be another table elsewhere',
        lasts: 'lasting',
      };
    }
  },
};

function isOfTable({ renameType, relationType }: RenameStmt): boolean {
  return (
    renameType === 'OBJECT_TABLE' ||
    renameType === 'OBJECT_TABCONSTRAINT' ||
    (renameType === 'OBJECT_COLUMN' && relationType === 'OBJECT_TABLE')
  );
}
