import { durationForm, parseDuration } from '@opsgraph/text/units';
import type { GenericSchema } from 'valibot';
import {
  type ReferenceText,
  type SecretKind,
  type SecretReference,
  secretReference,
} from '../secrets/secret-reference.ts';
import { Complaint } from './complaint.ts';
import type { Group, Key, KeyTable, Place, Presence, Valibot } from './key.ts';
import { identifierSchema, parsed, pathForm, pathSchema } from './schemas.ts';

interface Given<FileValue> {
  description: string;
  default?: FileValue;
  required?: true;
  variable?: string;
}
type PresenceOf<Spec> = Spec extends { required: true }
  ? 'required'
  : Spec extends { default: NonNullable<unknown> }
    ? 'default'
    : 'optional';

/** A number of milliseconds, written `30s`. `max` in the same units. */
export function duration<const Spec extends Given<string> & { max?: number }>(
  spec: Spec,
): Key<string, number, PresenceOf<Spec>> {
  const { max = Number.MAX_SAFE_INTEGER } = spec;
  return key(spec, { expected: durationForm, example: '30s' }, (v) =>
    parsed(v, durationForm, (text) => within(parseDuration(text), max)),
  );
}

export function integer<const Spec extends Omit<Given<number>, 'variable'> & { min: number; max: number }>(
  spec: Spec,
): Key<number, number, PresenceOf<Spec>> {
  const words = {
    expected: `a whole number from ${spec.min} to ${spec.max}`,
    example: String(spec.default ?? spec.min),
  };
  return key(spec, words, (v) => v.pipe(v.number(), v.integer(), v.minValue(spec.min), v.maxValue(spec.max)));
}

export function boolean<const Spec extends Omit<Given<boolean>, 'variable'>>(
  spec: Spec,
): Key<boolean, boolean, PresenceOf<Spec>> {
  return key(spec, { expected: 'true or false', example: 'true' }, (v) => v.boolean());
}

/** A name that only the project knows the meaning of. */
export function word<const Spec extends Given<string>>(spec: Spec): Key<string, string, PresenceOf<Spec>> {
  return key(spec, { expected: 'a name', example: spec.default ?? 'name' }, (v) => v.pipe(v.string(), v.nonEmpty()));
}

/** The name of a role, database, schema or table: 1 to 63 bytes, any case. */
export function identifier<const Spec extends Given<string>>(spec: Spec): Key<string, string, PresenceOf<Spec>> {
  return key(spec, { expected: 'a PostgreSQL name of 1 to 63 bytes', example: 'simulations' }, identifierSchema);
}

export function identifiers<const Spec extends Omit<Given<readonly string[]>, 'variable'>>(
  spec: Spec,
): Key<readonly string[], readonly string[], PresenceOf<Spec>> {
  return key(spec, { expected: 'a list of PostgreSQL names', example: "['public']" }, (v) =>
    v.pipe(v.array(identifierSchema(v)), v.readonly()),
  );
}

/** A list of words that match `pattern`; `all` stands for every one there is. */
export function namesOrAll<const Spec extends Omit<Given<readonly string[] | 'all'>, 'variable'>>(
  spec: Spec,
): Key<readonly string[] | 'all', readonly string[] | 'all', PresenceOf<Spec>> {
  const words = { expected: "'all' or a list of names", example: "['countries', 'places']" };
  return key(spec, words, (v) =>
    v.union([v.literal('all'), v.pipe(v.array(v.pipe(v.string(), v.nonEmpty())), v.readonly())]),
  );
}

/** A list of texts, each of which matches `pattern`. */
export function texts<
  const Spec extends Omit<Given<readonly string[]>, 'variable'> & {
    pattern: RegExp;
    expected: string;
    example: string;
  },
>(spec: Spec): Key<readonly string[], readonly string[], PresenceOf<Spec>> {
  return key(spec, spec, (v) =>
    v.pipe(v.array(v.pipe(v.string(), v.regex(spec.pattern))), v.minLength(1), v.readonly()),
  );
}

/** A path from the project's root, never out of it; the value is absolute. */
export function path<const Spec extends Omit<Given<string>, 'variable'> & { absolute?: true }>(
  spec: Spec,
): Key<string, string, PresenceOf<Spec>> {
  const words = { expected: pathForm(spec.absolute), example: "'tasks/db/seeds'" };
  return key(spec, words, (v, place) => pathSchema(v, place, spec.absolute));
}

/** The same, several. */
export function paths<const Spec extends Omit<Given<readonly string[]>, 'variable'> & { absolute?: true }>(
  spec: Spec,
): Key<readonly string[], readonly string[], PresenceOf<Spec>> {
  const words = { expected: `a list, each ${pathForm(spec.absolute)}`, example: "['tasks/migration/migrations']" };
  return key(spec, words, (v, place) =>
    v.pipe(v.array(pathSchema(v, place, spec.absolute)), v.minLength(1), v.readonly()),
  );
}

/** A value that must not be seen. In a file only a reference to it may be. `generated`: setup makes one. */
export function secret<const Spec extends Given<ReferenceText> & { kind: SecretKind; generated?: true }>(
  spec: Spec,
): Key<ReferenceText, SecretReference, PresenceOf<Spec>> {
  const words = {
    expected: 'a reference: env:NAME, file:/path or cmd:program argument …',
    example: `'env:${spec.variable ?? 'NAME'}'`,
  };
  const made = key<ReferenceText, SecretReference, Spec>(spec, words, (v, place) =>
    parsed(v, words.expected, (text) => secretReference(text, spec.kind, place, spec.generated)),
  );
  return { ...made, isSecret: true };
}

/** Keys under a common name, always there. */
export function group<const Keys extends KeyTable>(description: string, keys: Keys): Group<Keys, 'default'> {
  return { type: 'group', description, present: 'default', keys };
}

/** Keys under a common name that are there only when the file has it. */
export function optionalGroup<const Keys extends KeyTable>(description: string, keys: Keys): Group<Keys, 'optional'> {
  return { type: 'group', description, present: 'optional', keys };
}

function key<FileValue, Value, Spec extends Given<FileValue>>(
  spec: Spec,
  words: { expected: string; example: string },
  schema: (v: Valibot, place: Place) => GenericSchema<unknown, Value>,
): Key<FileValue, Value, PresenceOf<Spec>> {
  const present: Presence = spec.required === true ? 'required' : spec.default === undefined ? 'optional' : 'default';
  return {
    type: 'key',
    description: spec.description,
    expected: words.expected,
    example: words.example,
    present: present as PresenceOf<Spec>,
    defaultValue: spec.default,
    variable: spec.variable,
    isSecret: false,
    schema,
  };
}

function within(value: number | undefined, max: number): number | Complaint | undefined {
  return value !== undefined && value > max
    ? new Complaint(`is too long, the limit is ${Math.floor(max / 86_400_000)}d`)
    : value;
}
