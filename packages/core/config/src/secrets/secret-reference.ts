import { randomBytes } from 'node:crypto';
import { OpsError } from '@opsgraph/errors';
import { Secret, secretUrl } from '@opsgraph/secrets';
import { Complaint } from '../declare/complaint.ts';
import type { Place } from '../declare/key.ts';
import { readPrivateFile } from '../files/read-private-file.ts';
import { runForSecret } from './run-for-secret.ts';
import { splitWords } from './split-words.ts';

/** How a secret is written in a file of config/. */
export type ReferenceText = `env:${string}` | `file:/${string}` | `cmd:${string}`;

/** Of a URL also the password alone is masked. */
export type SecretKind = 'text' | 'url';

/** Where a secret is; fetched when it is used. */
export interface SecretReference {
  /** The variable that gave it, else the key. */
  readonly name: string;
  /** How it is written, without the secret: `env:NAME`, `file:/path`, `cmd:program …`, `***`. */
  readonly written: string;
  /** false: a variable that nobody has set; `resolve` would fail. */
  readonly isSet: boolean;
  /**
   * Fetches it, once for all callers.
   * @throws OpsError SECRET_UNAVAILABLE (78)
   */
  resolve(signal?: AbortSignal): Promise<Secret>;
}

type Fetch = (signal: AbortSignal | undefined) => Promise<string>;

/** Reads a reference as it is in a file or, there also the secret itself, in a variable. */
export function secretReference(
  text: string,
  kind: SecretKind,
  place: Place,
  isGenerated = false,
): SecretReference | Complaint {
  if (place.variable !== undefined) return fromVariable(text, place.variable, kind, place);
  const name = /^env:(.*)$/s.exec(text)?.[1];
  if (name === undefined) return stored(text, place.key, kind, place) ?? literalInFile(place);
  if (!/^[A-Za-z_]\w*$/.test(name)) return new Complaint('names no environment variable after env:');
  const found = place.variables(name);
  return found === undefined ? unset(name, place, isGenerated) : fromVariable(found.text, name, kind, place);
}

/**
 * A secret that the command line refers to: `file:/path` or `cmd:program …`.
 *
 * @throws OpsError SECRET_SOURCE (64), in which the text is not quoted: it may be the secret itself
 */
export function storedSecret(text: string, name: string, place: Pick<Place, 'root' | 'env'>): SecretReference {
  const found = stored(text, name, 'text', place) ?? new Complaint('is neither file:/path nor cmd:program argument …');
  if (!(found instanceof Complaint)) return found;
  const message = `the source of the ${name} ${found.text}`;
  throw new OpsError({ code: 'SECRET_SOURCE', exit: 'usage', message, hint: found.remedy });
}

/** For a dry run: what setup would have made. Nobody knows it, so it fits no role that is there. */
export function standInUnlessSet(reference: SecretReference): SecretReference {
  if (reference.isSet) return reference;
  const secret = new Secret(reference.name, randomBytes(24).toString('base64url'));
  return { ...reference, isSet: true, resolve: () => Promise.resolve(secret) };
}

function fromVariable(text: string, variable: string, kind: SecretKind, place: Place): SecretReference | Complaint {
  const reference = stored(text, variable, kind, place);
  if (reference !== undefined) return reference;
  // Made at once, though nobody may need it: from here on it is masked.
  const secret = secretOf(kind, variable, text);
  return { name: variable, written: '***', isSet: true, resolve: () => Promise.resolve(secret) };
}

/** The forms that say where the secret is stored; undefined for any other text. */
function stored(
  text: string,
  name: string,
  kind: SecretKind,
  place: Pick<Place, 'root' | 'env'>,
): SecretReference | Complaint | undefined {
  if (text.startsWith('file:')) {
    const path = text.slice('file:'.length);
    if (!path.startsWith('/') || path.includes('\0')) return new Complaint('needs an absolute path after file:');
    return reference(name, text, kind, () => readSecretFile(path, name));
  }
  if (text.startsWith('cmd:')) {
    const argv = splitWords(text.slice('cmd:'.length));
    if (argv instanceof Complaint) return argv;
    return reference(name, text, kind, (signal) =>
      runForSecret(argv, { name, root: place.root, env: place.env, signal }),
    );
  }
  return undefined;
}

function literalInFile({ key, environmentName }: Place): Complaint {
  return new Complaint(
    'contains the secret itself; config/ must hold references only',
    `write 'env:NAME' for ${key}, move the value to config/.env.${environmentName}, and replace it everywhere if it was committed`,
  );
}

function unset(variable: string, { key, environmentName }: Place, isGenerated: boolean): SecretReference {
  const error = (): OpsError =>
    isGenerated
      ? unavailable(
          `${environmentName} is not set up yet: ${variable} is missing, and setup creates it`,
          `pnpm ops run setup --env ${environmentName}`,
        )
      : unavailable(
          `${variable} is not set, but ${key} is needed`,
          `set it in the process environment, or add it to config/.env.${environmentName} (mode 0600)`,
        );
  return { name: variable, written: `env:${variable}`, isSet: false, resolve: () => Promise.reject(error()) };
}

function reference(name: string, written: string, kind: SecretKind, fetch: Fetch): SecretReference {
  let pending: Promise<Secret> | undefined;
  const once = async (signal: AbortSignal | undefined): Promise<Secret> => secretOf(kind, name, await fetch(signal));
  return {
    name,
    written,
    isSet: true,
    resolve: (signal) => {
      signal?.throwIfAborted();
      pending ??= once(signal).catch((error: unknown) => {
        // A failure is not kept: the next one to ask may have more luck.
        pending = undefined;
        throw error;
      });
      return pending;
    },
  };
}

async function readSecretFile(path: string, name: string): Promise<string> {
  // The group may read: container platforms hand secrets out that way.
  const text = await readPrivateFile(path, 0o027);
  if (text === undefined)
    throw unavailable(`${name}: there is no file ${path}`, 'put the secret there (mode 0600), or change the reference');
  if (text instanceof Complaint) throw unavailable(`${name}: ${path} ${text.text}`, text.remedy);
  const value = text.replace(/\r?\n$/, '');
  if (value === '') throw unavailable(`${name}: ${path} is empty`, 'write the secret into it');
  return value;
}

function secretOf(kind: SecretKind, name: string, value: string): Secret {
  return kind === 'url' ? secretUrl(name, value) : new Secret(name, value);
}

function unavailable(message: string, hint: string | undefined): OpsError {
  return new OpsError({ code: 'SECRET_UNAVAILABLE', exit: 'configuration', message, hint });
}
