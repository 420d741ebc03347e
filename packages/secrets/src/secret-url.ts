import { register } from './mask.ts';
import { Secret } from './secret.ts';

/**
 * A URL that carries a password (postgres://user:password@host/db). The whole
 * URL and the password alone, decoded and as written, are masked.
 */
export function secretUrl(name: string, url: string): Secret {
  const written = /^[a-z][a-z0-9+.-]*:\/\/[^/@]*?:([^@/]*)@/i.exec(url)?.[1];
  if (written !== undefined) {
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
