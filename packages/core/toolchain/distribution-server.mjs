import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian and PostgreSQL's own packages for Red Hat put each major version. */
const usual = [
  { parent: '/usr/lib/postgresql', prefix: '' },
  { parent: '/usr', prefix: 'pgsql-' },
];

/** The directory of the newest PostgreSQL that the distribution of this machine installed; undefined without one. */
export function findDistributionServer(places = usual) {
  const found = places.flatMap(({ parent, prefix }) =>
    (existsSync(parent) ? readdirSync(parent) : [])
      .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
      .map((name) => ({ directory: join(parent, name), version: Number(name.slice(prefix.length)) })),
  );
  return found
    .sort((one, other) => other.version - one.version)
    .map(({ directory }) => directory)
    .find((directory) => ['initdb', 'pg_ctl', 'postgres'].every((name) => existsSync(join(directory, 'bin', name))));
}
