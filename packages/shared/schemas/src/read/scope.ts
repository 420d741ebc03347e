/** Namespaces that projects make; $1 are those left out. */
export const projectNamespaces = (alias = 'n'): string =>
  `${alias}.nspname !~ '^pg_' AND ${alias}.nspname <> 'information_schema' AND ${alias}.nspname <> ALL ($1)`;

/** What an extension brought is the extension's business. */
export const notOfExtension = (catalogue: string, oid: string): string =>
  `NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalogue}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`;

/** schema.name, each quoted where it must be. */
export const qualified = (namespace: string, name: string): string =>
  `quote_ident(${namespace}) || '.' || quote_ident(${name})`;
