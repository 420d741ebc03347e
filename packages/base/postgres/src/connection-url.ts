import { OpsError } from '@opsgraph/errors';
import type { Secret } from '@opsgraph/secrets';
import type { ClientConfig } from 'pg';

/** What a URL may say besides the place: what the driver acts upon, and two that tasks set themselves. */
const parameters = new Set([
  'host',
  'port',
  'user',
  'password',
  'ssl',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'sslnegotiation',
  'channel_binding',
  'uselibpqcompat',
  'options',
  'client_encoding',
  'application_name',
  'connect_timeout',
]);

/** Of the parameters that take one of a few values: the driver passes over any other. */
const choices = {
  channel_binding: ['disable', 'prefer', 'require'],
  sslmode: ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'],
};

/** What the driver gets, and what we handle ourselves. */
export interface ConnectionUrl extends ClientConfig {
  /** Use it when the server offers it: a man in the middle with another certificate cannot pass the login on. */
  enableChannelBinding: boolean;
  /** Hold no connection without it. */
  requiresChannelBinding: boolean;
}

/**
 * What the driver gets for a postgres:// URL. `channel_binding` means what
 * it does for libpq; without it there is none.
 *
 * @throws OpsError DATABASE_URL_INVALID (78)
 */
export async function readConnectionUrl(url: Secret): Promise<ConnectionUrl> {
  const text = requireReadable(url);
  // The driver passes over what it does not know: with a misspelt sslmode it would send everything in clear.
  const given = new URLSearchParams(/\?(.*)$/.exec(text)?.[1]);
  const unknown = [...given.keys()].filter((name) => !parameters.has(name));
  if (unknown.length > 0) {
    throw invalid(
      `${url.name} has a parameter that is not known: ${unknown.map(shownName).join(', ')}`,
      `remove or correct it; known parameters: ${[...parameters].join(', ')}`,
    );
  }
  for (const [name, values] of Object.entries(choices)) {
    if (values.includes(given.get(name) ?? values[0]!)) continue;
    throw invalid(`${url.name} has an unknown ${name}`, `it may be ${values.join(', ')}`);
  }
  const binding = given.get('channel_binding') ?? 'disable';
  const encoding = given.get('client_encoding');
  if (encoding !== null && !/^utf-?8$/i.test(encoding)) {
    throw invalid(
      `${url.name} asks for a client_encoding other than UTF8`,
      'remove client_encoding: the tasks read UTF8',
    );
  }
  const { parseIntoClientConfig } = await import('pg-connection-string');
  try {
    return {
      ...parseIntoClientConfig(withLibpqSslModes(text)),
      enableChannelBinding: binding !== 'disable',
      requiresChannelBinding: binding === 'require',
    };
  } catch (cause) {
    if (cause instanceof URIError || (cause as NodeJS.ErrnoException).code === 'ERR_INVALID_URL')
      throw noUrl(url, cause);
    throw invalid(
      `${url.name} cannot be used: ${describeUnusable(cause, given)}`,
      'correct sslmode, sslrootcert, sslcert, sslkey or port',
    );
  }
}

/**
 * The text of a URL whose parts are what they seem.
 *
 * @throws OpsError DATABASE_URL_INVALID (78)
 */
export function requireReadable(url: Secret): string {
  const text = url.reveal();
  if (!isReadable(text)) throw noUrl(url);
  return text;
}

/**
 * Whether the parts of the URL are surely what they seem. A password with a
 * raw `/`, `?` or `#` in it ends the login early, and its rest would pass for
 * the host, the database or a parameter, which are shown and recorded.
 */
function isReadable(url: string): boolean {
  const [, login, path, query] = /^postgres(?:ql)?:\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?$/.exec(url) ?? [];
  if (login === undefined || path!.includes('@')) return false;
  if (query?.split('&').some((part) => /^[^=]*@/.test(part))) return false;
  // Without a login a colon comes before a port, or within the brackets of an address.
  return login.includes('@') || !/:(?!\d*$)/.test(login.replace(/\[[^\]]*\]/, ''));
}

/** A password that was written for a parameter has other characters than a name has, more often than not. */
function shownName(name: string): string {
  return /^[A-Za-z_]{1,30}$/.test(name) ? name : 'one whose name is no word';
}

/** A certificate that cannot be read, a mode that needs one, a port that is none; no value is quoted. */
function describeUnusable(cause: unknown, given: URLSearchParams): string {
  const { code, path } = cause as NodeJS.ErrnoException;
  const parameter = [...given].find(([, value]) => value === path)?.[0];
  if (parameter !== undefined) return `the file of ${parameter} cannot be read (${code})`;
  return given.get('sslmode') === 'verify-ca' && !given.has('sslrootcert')
    ? 'sslmode=verify-ca needs the certificate of the authority as sslrootcert'
    : 'a parameter has a value that is not valid';
}

export function noUrl({ name }: Secret, cause?: unknown): OpsError {
  return invalid(
    `${name} is not a PostgreSQL URL`,
    'expected postgres://user:password@host:5432/database; characters like @ : / in the password are written %40 %3A %2F',
    cause,
  );
}

/** pg reads sslmode=require as verify-full unless told to follow libpq, whose meaning is the documented one. */
function withLibpqSslModes(url: string): string {
  if (!url.includes('sslmode=') || url.includes('uselibpqcompat=')) return url;
  return `${url}&uselibpqcompat=true`;
}

function invalid(message: string, hint: string, cause?: unknown): OpsError {
  return new OpsError({ code: 'DATABASE_URL_INVALID', exit: 'configuration', message, hint, cause });
}
