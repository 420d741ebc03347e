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
  'uselibpqcompat',
  'options',
  'client_encoding',
  'application_name',
  'connect_timeout',
]);

/**
 * What the driver is told for a postgres:// URL.
 *
 * @throws OpsError DATABASE_URL_INVALID (78)
 */
export async function readConnectionUrl(url: Secret): Promise<ClientConfig> {
  const text = url.reveal();
  if (!/^postgres(ql)?:\/\//.test(text)) throw noUrl(url);
  // The driver passes over what it does not know: with a misspelt sslmode it would send everything in clear.
  const unknown = [...new URLSearchParams(/\?(.*)$/.exec(text)?.[1]).keys()].filter((name) => !parameters.has(name));
  if (unknown.length > 0) {
    throw invalid(
      `${url.name} has a parameter that nothing acts upon: ${unknown.join(', ')}`,
      `remove or correct it; known are ${[...parameters].join(', ')}`,
    );
  }
  const { parseIntoClientConfig } = await import('pg-connection-string');
  try {
    return parseIntoClientConfig(withLibpqSslModes(text));
  } catch (cause) {
    if (cause instanceof URIError || (cause as NodeJS.ErrnoException).code === 'ERR_INVALID_URL')
      throw noUrl(url, cause);
    // A certificate that cannot be read, a mode that needs one.
    throw invalid(
      `${url.name} cannot be used: ${(cause as Error).message}`,
      'correct sslmode, sslrootcert, sslcert or sslkey',
      cause,
    );
  }
}

function noUrl({ name }: Secret, cause?: unknown): OpsError {
  return invalid(
    `${name} is no PostgreSQL URL`,
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
