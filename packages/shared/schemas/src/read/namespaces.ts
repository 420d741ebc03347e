import { notOfExtension, projectNamespaces } from './scope.ts';

/** Extensions by name and place; their versions differ between machines and are left out. */
export const namespaces = `
SELECT 'schema' AS kind, quote_ident(nspname) AS name, 'CREATE SCHEMA ' || quote_ident(nspname) AS sql, NULL AS relation
FROM pg_namespace n
WHERE ${projectNamespaces()} AND nspname <> 'public' AND ${notOfExtension('pg_namespace', 'n.oid')}
UNION ALL
SELECT 'extension', quote_ident(extname), format('CREATE EXTENSION %I WITH SCHEMA %I', extname, nspname), NULL
FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace
WHERE extname <> 'plpgsql' AND nspname <> ALL ($1)`;
