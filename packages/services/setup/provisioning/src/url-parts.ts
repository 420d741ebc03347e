import { type Secret, secretUrl } from '@opsgraph/secrets';
import type { Role } from './provisioning.ts';

/** Whom and what a connection URL names. */
export function ownerOf(url: Secret): Role & { database: string } {
  const { username, password, pathname } = new URL(url.reveal());
  return {
    name: decodeURIComponent(username),
    password: secretPart(url, decodeURIComponent(password)),
    database: decodeURIComponent(pathname.slice(1)),
  };
}

/** The URL with another user, password or database. */
export function withParts(url: Secret, parts: { user?: string; password?: string; database: string }): Secret {
  const changed = new URL(url.reveal());
  if (parts.user !== undefined) changed.username = encodeURIComponent(parts.user);
  if (parts.password !== undefined) changed.password = encodeURIComponent(parts.password);
  changed.pathname = `/${encodeURIComponent(parts.database)}`;
  return secretUrl(url.name, changed.href);
}

function secretPart(url: Secret, password: string): Secret {
  return secretUrl(`the password in ${url.name}`, password);
}
