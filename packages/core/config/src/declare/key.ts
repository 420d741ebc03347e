import type { GenericSchema } from 'valibot';
import type { Variables } from '../environment/variables.ts';

export type Valibot = typeof import('valibot');

/** optional: may be missing. required: somebody must give it. default: always there. */
export type Presence = 'optional' | 'required' | 'default';

/** Where a value is while it is read. */
export interface Place {
  /** Absolute path of the project. */
  root: string;
  environmentName: string;
  /** Dotted name: `database.lockTimeout`. */
  key: string;
  /** The variable that gave the value; undefined when it is in the file or is the default. */
  variable: string | undefined;
  variables: Variables;
  /** The process environment, for the programs that fetch secrets. */
  env: Readonly<Record<string, string | undefined>>;
}

/** One key of the configuration: the only place that says what it means and takes. */
export interface Key<FileValue = unknown, Value = unknown, Present extends Presence = Presence> {
  readonly type: 'key';
  /** A sentence without a full stop. */
  readonly description: string;
  /** What it takes, as the end of "expected …". */
  readonly expected: string;
  /** A value as it is written in the file or in the variable. */
  readonly example: string;
  readonly present: Present;
  readonly defaultValue: FileValue | undefined;
  /** The environment variable that overrides the file. */
  readonly variable: string | undefined;
  readonly isSecret: boolean;
  schema(v: Valibot, place: Place): GenericSchema<unknown, Value>;
}

/** Keys that belong together. An optional group is there only when the file has it. */
export interface Group<Keys extends KeyTable = KeyTable, Present extends Presence = Presence> {
  readonly type: 'group';
  readonly description: string;
  readonly present: Present;
  readonly keys: Keys;
}

export interface KeyTable {
  readonly [name: string]: Key | Group;
}

/** What the program works with: every value validated, units converted, readonly. */
export type ValuesOf<Keys> = {
  readonly [Name in keyof Keys]: Keys[Name] extends Key<unknown, infer Value, infer Present>
    ? OrUndefined<Value, Present>
    : Keys[Name] extends Group<infer Inner, infer Present>
      ? OrUndefined<ValuesOf<Inner>, Present>
      : never;
};

/** What a file of config/ exports. */
export type FileValuesOf<Keys> = Flat<
  { readonly [Name in keyof Keys as IsRequired<Keys[Name]> extends true ? Name : never]: FileValueOf<Keys[Name]> } & {
    readonly [Name in keyof Keys as IsRequired<Keys[Name]> extends true ? never : Name]?: FileValueOf<Keys[Name]>;
  }
>;

type OrUndefined<Value, Present extends Presence> = Present extends 'optional' ? Value | undefined : Value;
type IsRequired<Entry> = Entry extends { present: 'required' } ? true : false;
type FileValueOf<Entry> =
  Entry extends Key<infer FileValue> ? FileValue : Entry extends Group<infer Inner> ? FileValuesOf<Inner> : never;
type Flat<T> = { [Name in keyof T]: T[Name] };

/** One key after reading: what was written, where, and what it means. */
export interface Leaf {
  key: string;
  spec: Key;
  /** As written; undefined when nobody gave it and there is no default. */
  raw: unknown;
  source: string;
  isGiven: boolean;
  /** The validated value; undefined when it is missing or wrong. */
  value: unknown;
}
