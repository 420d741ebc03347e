import type { FileValuesOf, ValuesOf } from '../declare/key.ts';
import type { keyTable } from '../sections/index.ts';

/** The name of a section: a key of the file's top level. */
export type Section = keyof typeof keyTable;

/** The validated configuration: durations in milliseconds, paths absolute, deeply frozen. */
export interface Environment extends ValuesOf<typeof keyTable> {}

/** What config/<name>.ts exports: `export default { … } satisfies EnvironmentFile`. */
export interface EnvironmentFile extends FileValuesOf<typeof keyTable> {}
