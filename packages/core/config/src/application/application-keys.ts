import { resolve } from 'node:path';
import type { GenericSchema } from 'valibot';
import { boolean } from '../declare/declare.ts';
import type { FileValuesOf, Key, KeyTable, Place, Valibot, ValuesOf } from '../declare/key.ts';
import { parsed } from '../declare/schemas.ts';
import { line, lines } from '../sections/deployment/keys.ts';

const form = 'a path, absolute or from the root of the project; it may lead outside it';
const blank = {
  type: 'key',
  present: 'required',
  defaultValue: undefined,
  variable: undefined,
  isSecret: false,
} as const;

const name: Key<string, string, 'required'> = {
  ...blank,
  description: 'Its name; a root on a host belongs to one application',
  expected: 'a name of letters, digits, dots, dashes and underscores',
  example: "'simulations'",
  schema: (v) => v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/)),
};

const directory: Key<string, string, 'required'> = {
  ...blank,
  description: 'The directory that is packed',
  expected: form,
  example: "'../simulations'",
  schema: readable,
};

const files: Key<readonly string[], readonly string[], 'required'> = {
  ...blank,
  description: 'What of it belongs to a release: files, and directories with everything in them',
  expected: 'a list of paths in the directory',
  example: "['src', 'package.json']",
  schema: (v) => v.pipe(v.array(v.pipe(v.string(), v.regex(/^[^\0]+$/))), v.minLength(1), v.readonly()),
};

const migrations: Key<readonly string[], readonly string[], 'required'> = {
  ...blank,
  description: 'Directories of the migrations it is written against',
  expected: `a list, each ${form}`,
  example: "['tasks/migration/migrations']",
  schema: (v, place) => v.pipe(v.array(readable(v, place)), v.minLength(1), v.readonly()),
};

/** Every key of config/application.ts. */
export const applicationKeys = {
  name,
  directory,
  files,
  dependencies: boolean({
    description: 'Whether the dependencies in its package.json are packed too, as node_modules',
    default: false,
  }),
  migrations,
  lowestMigration: line({
    description:
      'The oldest migration it works with; default: the newest, so that a rollback past a migration is refused',
    example: "'20250120083000_latest_runs'",
  }),
  checks: lines(
    'Turbo tasks that must succeed before it is packed; after a change: `pnpm generate`',
    "['simulations#test']",
  ),
} satisfies KeyTable;

/** What is deployed: paths absolute. */
export interface Application extends ValuesOf<typeof applicationKeys> {}

/** What config/application.ts exports: `export default { … } satisfies ApplicationFile`. */
export interface ApplicationFile extends FileValuesOf<typeof applicationKeys> {}

/** Only read, so it may be anywhere. */
function readable(v: Valibot, place: Place): GenericSchema<unknown, string> {
  return parsed(v, form, (text) => (text === '' || text.includes('\0') ? undefined : resolve(place.root, text)));
}
