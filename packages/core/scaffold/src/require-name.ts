import { OpsError } from '@opsgraph/errors';

/** Names of commands of pnpm, which takes them for itself where `run` is left out, and of scripts that it runs by itself. */
const pnpmNames = [
  ...['add', 'audit', 'clean', 'config', 'deploy', 'exec', 'import', 'install', 'link', 'list', 'outdated', 'pack'],
  ...['patch', 'prepare', 'prune', 'publish', 'rebuild', 'remove', 'restart', 'start', 'stop', 'store', 'test'],
  ...['unlink', 'update', 'version', 'why', 'postinstall', 'preinstall'],
];

/**
 * A word that can be the name of a folder, a package, a script and a lock.
 *
 * @param kind for people: `domain`
 * @param taken what it must not be, with the reason
 * @throws OpsError NAME_INVALID (64)
 */
export function requireName(kind: string, name: string, taken: ReadonlyMap<string, string> = new Map()): void {
  const reason = !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)
    ? 'expected small letters and digits, in words with - between them'
    : name.length > 40
      ? 'expected at most 40 characters'
      : taken.get(name);
  if (reason === undefined) return;
  throw new OpsError({
    code: 'NAME_INVALID',
    exit: 'usage',
    message: `${JSON.stringify(name)} is no name for a ${kind}: ${reason}`,
    hint: 'choose another name',
  });
}

/** Those that a script must not have. */
export function scriptNames(): Map<string, string> {
  return new Map(pnpmNames.map((name) => [name, 'pnpm takes it for a command or a step of its own']));
}

/** passThrough of pass-through. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_dash, letter: string) => letter.toUpperCase());
}
