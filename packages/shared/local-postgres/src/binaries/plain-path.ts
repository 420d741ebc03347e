import { OpsError } from '@opsgraph/errors';

/**
 * initdb and pg_ctl put paths between double quotes and give them to a shell:
 * blanks are fine there, `$(…)` would be run.
 *
 * @throws OpsError PATH_NOT_PLAIN (78)
 */
export function requirePlainPath(path: string): void {
  const found = /["$`\\\n]/.exec(path)?.[0];
  if (found === undefined) return;
  throw new OpsError({
    code: 'PATH_NOT_PLAIN',
    exit: 'configuration',
    message: `PostgreSQL's programs cannot work in ${path}: its name holds ${found === '\n' ? 'a line break' : `the character ${found}`}`,
    hint: 'move the checkout to a directory without " $ ` \\ in its path, or set DATABASE_URL',
  });
}
