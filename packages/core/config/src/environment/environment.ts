import type { FileValuesOf, ValuesOf } from '../declare/key.ts';
import type { keyTable } from '../sections/index.ts';

/** The name of a section: a key of the file's top level. */
export type Section = keyof typeof keyTable;

/** The validated configuration: durations in milliseconds, paths absolute, deeply frozen. */
export interface Environment extends ValuesOf<typeof keyTable> {}

/** What config/<name>.ts exports: `export default { … } satisfies EnvironmentFile`. */
export interface EnvironmentFile extends FileValuesOf<typeof keyTable> {}

/** What every task reads: the kit itself needs it. */
export const baseSections = ['sandbox', 'database', 'logs', 'passThrough'] as const satisfies Section[];

/** What a task gets of the configuration that names these sections. */
export type Configuration<Sections extends Section = never> = Pick<
  Environment,
  (typeof baseSections)[number] | Sections
>;
