import type { MigrationFile } from '../files/migration-file.ts';
import type { MigrationSettings, MigrationSource } from '../settings.ts';
import { inProject } from './in-project.ts';

type Report = (path: string, message: string, hint: string) => void;

/**
 * Where the knexfile has a migrationSource, that decides which of the files
 * are migrations, in which order, what knex's table calls them, and perhaps
 * how they are loaded.
 */
export async function askSource(
  settings: MigrationSettings,
  source: MigrationSource,
  files: readonly MigrationFile[],
  report: Report,
): Promise<MigrationFile[]> {
  const listed = await inProject(settings, async () =>
    (await source.getMigrations(knexExtensions)).map((migration) => ({
      migration,
      recordedAs: source.getMigrationName(migration),
    })),
  );
  const isLoading = hasOwnLoader(source);
  const chosen = listed.flatMap(({ migration, recordedAs }) => {
    const wanted = fileNamed(migration) ?? recordedAs;
    const file = files.find(({ kind, name, stem }) => kind === 'knex' && [name, stem].includes(wanted));
    if (file !== undefined)
      return [{ ...file, recordedAs, ...(isLoading && { load: () => source.getMigration(migration) }) }];
    report(
      recordedAs,
      'is a migration of the migrationSource, and no file of the directories',
      'name its directory in migrations.directories; what has no file cannot be watched for edits, and stays with knex',
    );
    return [];
  });
  const byPath = new Map(chosen.map((file) => [file.path, file]));
  const mixed = files.filter(({ kind, path }) => kind === 'sql' || byPath.has(path));
  const inOurOrder = mixed.map((file) => byPath.get(file.path) ?? file);
  if (inOurOrder.filter(({ kind }) => kind === 'knex').every(({ path }, at) => path === chosen[at]?.path))
    return inOurOrder;
  const sql = files.find(({ kind }) => kind === 'sql');
  if (sql !== undefined)
    report(
      sql.path,
      'has no place among migrations that the migrationSource does not order by name',
      "leave '.sql' out of migrations.loadExtensions",
    );
  return chosen;
}

/** What knex gives a source to choose from: it has one only where the knexfile says nothing of extensions. */
const knexExtensions = ['.co', '.coffee', '.eg', '.iced', '.js', '.cjs', '.litcoffee', '.ls', '.ts'];

/** As the source has it that most are made from, knex's own, which loads files as we do. */
function fileNamed(migration: unknown): string | undefined {
  if (typeof migration === 'string') return migration;
  const { file } = migration as { file?: unknown };
  return typeof file === 'string' ? file : undefined;
}

function hasOwnLoader(source: MigrationSource): boolean {
  let at: object = source;
  while (!Object.hasOwn(at, 'getMigration')) at = Object.getPrototypeOf(at);
  return at.constructor.name !== 'FsMigrations';
}
