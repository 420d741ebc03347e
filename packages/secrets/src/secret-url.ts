import { register } from './mask.ts';
import { Secret } from './secret.ts';

/**
 * A URL that carries a password (postgres://user:password@host/db). The whole
 * URL and the password alone, decoded and as written, are masked.
 */
export function secretUrl(name: string, url: string): Secret {
  // The last @ before the path ends the login; drivers take a password also from the query.
  const login = /^[a-z][a-z0-9+.-]*:\/\/[^/@:?#]*:([^/?#]*)@/i.exec(url)?.[1];
  const query = /[?&]password=([^&#]*)/.exec(url)?.[1];
  for (const written of [login, query]) {
    if (written === undefined) continue;
    register(written);
    register(decoded(written));
  }
  return new Secret(name, url);
}

function decoded(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}
