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
  for (const written of [login, query, ...brokenPassword(url)]) {
    if (written === undefined) continue;
    register(written);
    register(decoded(written));
  }
  return new Secret(name, url);
}

/** A password with a raw `/`, `?` or `#` ends the login early: whole, and in the pieces it falls into. */
function brokenPassword(url: string): string[] {
  const whole = /^[a-z][a-z0-9+.-]*:\/\/[^/@:?#]*:(?!\d+[/?])([^@/?#]*[/?#].*)@/is.exec(url)?.[1];
  return whole === undefined ? [] : [whole, ...whole.split(/[/?#@&=]/)];
}

function decoded(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}
