import type { GenericSchema } from 'valibot';
import { Complaint } from '../../declare/complaint.ts';
import { insideProject } from '../../declare/inside-project.ts';
import type { Key, Place, Valibot } from '../../declare/key.ts';
import { parsed } from '../../declare/schemas.ts';
import { type SecretReference, secretReference } from '../../secrets/secret-reference.ts';

/** A machine that gets releases, as a file of config/ has it. */
export interface HostEntry {
  readonly ssh?: string;
  readonly jump?: string;
  readonly port?: number;
  readonly root?: string;
  readonly roles?: readonly string[];
}

/** The same with everything that may be left out. */
export interface HostValue {
  readonly ssh: string | undefined;
  readonly jump: string | undefined;
  readonly port: number | undefined;
  readonly root: string | undefined;
  readonly roles: readonly string[];
}

type Hosts<Entry> = Readonly<Record<string, Entry>>;

/** Never a dash first: ssh would read an option. */
const address = /^(?:[A-Za-z0-9_][A-Za-z0-9_.-]*@)?(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?$/;
const hostName = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;

const blank = {
  type: 'key',
  variable: undefined,
  defaultValue: undefined,
  isSecret: false,
} as const;

export const hosts: Key<Hosts<HostEntry>, Hosts<HostValue>, 'required'> = {
  ...blank,
  description: 'The machines that get releases, by name; one without ssh is this machine',
  expected: 'names with objects of ssh (user@host:port), jump, port, root, roles',
  example: "{ 'web-1': { ssh: 'deploy@web-1.example.com' } }",
  present: 'required',
  schema: hostsSchema,
};

/** One of some words; the first is the default. */
export function choice<const Choice extends string>(
  description: string,
  choices: readonly [Choice, ...Choice[]],
): Key<Choice, Choice, 'default'> {
  return {
    ...blank,
    description,
    expected: choices.map((word) => `'${word}'`).join(' or '),
    example: `'${choices[0]}'`,
    present: 'default',
    defaultValue: choices[0],
    schema: (v) => v.picklist(choices),
  };
}

/** Any text on one line: a command for the shell of a host, a path there. */
export function line<
  const Spec extends { description: string; example: string; default?: string; variable?: string; pattern?: RegExp },
>(spec: Spec): Key<string, string, Spec extends { default: string } ? 'default' : 'optional'> {
  const present = spec.default === undefined ? 'optional' : 'default';
  return {
    ...blank,
    description: spec.description,
    expected: 'text on one line',
    example: spec.example,
    variable: spec.variable,
    defaultValue: spec.default,
    present: present as Spec extends { default: string } ? 'default' : 'optional',
    schema: (v) => v.pipe(v.string(), v.nonEmpty(), v.regex(spec.pattern ?? /^[^\0\r\n]*$/)),
  };
}

/** Texts, each on one line; without `default` there need be none. */
export function lines(
  description: string,
  example: string,
  pattern = /^[^\0\r\n]+$/,
): Key<readonly string[], readonly string[], 'default'> {
  return {
    ...blank,
    description,
    expected: 'a list of texts, each on one line',
    example,
    present: 'default',
    defaultValue: [],
    schema: (v) => v.pipe(v.array(v.pipe(v.string(), v.regex(pattern))), v.readonly()),
  };
}

/** One or two ports of the service. */
export const ports: Key<readonly number[], readonly number[], 'default'> = {
  ...blank,
  description: 'The port of the service; blue-green takes two, of which one is live',
  expected: 'a list of one or two ports',
  example: '[8080, 8081]',
  present: 'default',
  defaultValue: [8080],
  schema: (v) => v.pipe(v.array(portSchema(v)), v.minLength(1), v.maxLength(2), v.readonly()),
};

/** Variables for the service; what is a reference is fetched when the service is deployed. */
export const variables: Key<Hosts<string>, Hosts<string | SecretReference>, 'default'> = {
  ...blank,
  description: 'Variables for the service beside PORT, RELEASE and DATABASE_URL; secrets as references',
  expected:
    "names in capitals with texts, or references (env:NAME, file:/path, cmd:program argument …); 'text:…' is always a text",
  example: "{ LOG_LEVEL: 'info', COOKIE_SECRET: 'env:COOKIE_SECRET' }",
  present: 'default',
  defaultValue: {},
  schema: (v, place) =>
    v.pipe(v.record(v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]*$/)), v.unknown()), eachNamed(v, place), v.readonly()),
};

/** What is wrong with a reference, now or when it is fetched, names the variable that it is for. */
function eachNamed(v: Valibot, place: Place) {
  return v.lazy((found) => {
    const names = Object.keys(found as object);
    const schemas = names.map((name) => [name, variableSchema(v, { ...place, key: `${place.key}.${name}` })] as const);
    return v.object(Object.fromEntries(schemas));
  });
}

function variableSchema(v: Valibot, place: Place): GenericSchema<unknown, string | SecretReference> {
  return parsed(v, 'a text', (text): string | SecretReference | Complaint | undefined => {
    if (text.includes('\0')) return undefined;
    if (text.startsWith('text:')) return text.slice('text:'.length);
    if (!/^(env|file|cmd):/.test(text)) return text;
    const found = secretReference(text, 'text', place);
    if (!(found instanceof Complaint)) return found;
    return new Complaint(found.text, `${found.remedy ?? 'correct it'}; if it is meant as text: 'text:${text}'`);
  });
}

function hostsSchema(v: Valibot, place: Place): GenericSchema<unknown, Hosts<HostValue>> {
  const ssh = v.optional(v.pipe(v.string(), v.regex(address)));
  const entry = v.strictObject({
    ssh,
    jump: ssh,
    port: v.optional(portSchema(v)),
    root: v.optional(rootSchema(v, place)),
    roles: v.optional(v.array(v.pipe(v.string(), v.regex(hostName))), []),
  });
  return v.pipe(
    v.record(v.pipe(v.string(), v.regex(hostName)), entry),
    v.check((found) => Object.keys(found).length > 0),
    v.transform((found) =>
      Object.fromEntries(
        Object.entries(found).map(([key, { ssh: way, jump, port, root, roles }]) => [
          key,
          { ssh: way, jump, port, root, roles },
        ]),
      ),
    ),
  );
}

function rootSchema(v: Valibot, place: Place): GenericSchema<unknown, string> {
  return parsed(v, 'a directory', (text) =>
    text === '/' ? new Complaint('is the root of the whole machine') : insideProject(place.root, text, true),
  );
}

function portSchema(v: Valibot) {
  return v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
}
