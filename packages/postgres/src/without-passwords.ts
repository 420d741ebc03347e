/**
 * SQL to be shown, logged or recorded: the passwords in it (of CREATE ROLE, of
 * a user mapping, in a connection string) are starred. A migration may have
 * them from its environment, where nobody else knows them.
 */
export function withoutPasswords(sql: string): string {
  return sql
    .replaceAll(/(\bpassword\s*=?\s*)e?'(?:[^']|'')*'/gi, "$1'***'")
    .replaceAll(/(\bpassword=)[^\s'"&*]+/gi, '$1***');
}
