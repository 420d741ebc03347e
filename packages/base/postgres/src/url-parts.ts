import { type Secret, secretUrl } from '@opsgraph/secrets';
import { noUrl, requireReadable } from './connection-url.ts';

export interface UrlParts {
  user: string;
  password: string;
  database: string;
  /** With the port, as the URL has it; a directory when the server is asked through a socket. */
  host: string;
}

/** In place of a host that only a parameter names: without one the standard allows no login in a URL. */
const nowhere = 'by-parameter.invalid';

/**
 * Who and what a connection URL names, as the driver reads it: parameters go before what stands at their place.
 *
 * @throws OpsError DATABASE_URL_INVALID (78)
 */
export function readParts(url: Secret): UrlParts {
  const { username, password, pathname, host, searchParams } = parse(url);
  return {
    user: searchParams.get('user') ?? decodeURIComponent(username),
    password: searchParams.get('password') ?? decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    host: searchParams.get('host') ?? (host === nowhere ? '' : decodeURIComponent(host)),
  };
}

/**
 * The URL with another login or database. What is given replaces the parameters that would go before it.
 *
 * @throws OpsError DATABASE_URL_INVALID (78)
 */
export function withParts(url: Secret, parts: Partial<Pick<UrlParts, 'user' | 'password' | 'database'>>): Secret {
  const { user, password, database } = parts;
  const changed = parse(url);
  const replaced = Object.keys(parts);
  // one by one: the whole would be written again with + for a blank, which libpq does not read
  const kept = changed.search.slice(1).split('&');
  changed.search = kept.filter((one) => !replaced.includes(decodeURIComponent(one.split('=')[0]!))).join('&');
  if (user !== undefined) changed.username = encodeURIComponent(user);
  if (password !== undefined) changed.password = encodeURIComponent(password);
  if (database !== undefined) changed.pathname = `/${encodeURIComponent(database)}`;
  return secretUrl(url.name, changed.href.replace(nowhere, ''));
}

function parse(url: Secret): URL {
  const text = requireReadable(url);
  try {
    const parsed = new URL(text.replace(/^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)(?=[/?#]|$)/, `$1${nowhere}`));
    // what cannot be decoded is found here, and not where it is used
    for (const part of [parsed.username, parsed.password, parsed.pathname, parsed.host]) decodeURIComponent(part);
    return parsed;
  } catch (cause) {
    throw noUrl(url, cause);
  }
}
