import { strings } from '../alterations.ts';
import type { Report } from '../finding.ts';
import { dotted } from '../paths.ts';
import type { Rule } from '../rule.ts';
import { inTransaction } from '../steps.ts';

export const domainConstraint: Rule = {
  name: 'domain-constraint',
  summary: 'A constraint of a domain is checked in every table that uses the domain, all at once',
  *check({ node }, { known, print }) {
    if ('CreateDomainStmt' in node && (node.CreateDomainStmt.constraints ?? []).some(isCheck))
      yield report(strings(node.CreateDomainStmt.domainname).map(print.name).join('.'), false);
    if (!('AlterDomainStmt' in node)) return;
    const { subtype, def, typeName } = node.AlterDomainStmt;
    const adds = (subtype as string | undefined) === 'C' && def !== undefined && 'Constraint' in def;
    if (adds && !known.isNew('type', dotted(typeName))) yield report(strings(typeName).map(print.name).join('.'), true);
  },
};

function isCheck(constraint: object): boolean {
  const { Constraint: inner } = constraint as { Constraint?: { contype?: string } };
  return inner !== undefined && inner.contype !== 'CONSTR_NULL' && inner.contype !== 'CONSTR_DEFAULT';
}

function report(domain: string, isInUse: boolean): Report {
  return {
    message: isInUse
      ? `every table with a column of ${domain} is read whole, and locked against writes meanwhile`
      : `a later change of the constraints of ${domain} reads every table that uses it, and locks them all`,
    blocks: isInUse ? 'writes to all tables that use the domain' : 'writes to those tables, when it changes',
    lasts: isInUse ? 'table-size' : 'lasting',
    safe: [inTransaction('-- put the CHECK on the column of each table, there as NOT VALID first (rule add-check)')],
  };
}
