import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockKeys, ownLocks, runLock } from '@opsgraph/ledger/locks';
import { generate, installNew } from './bring-up-to-date.ts';
import { requireName } from './require-name.ts';
import { domainTemplate } from './templates/domain.ts';
import { type Scaffolded, type ScaffoldInput, writeNew } from './write-new.ts';

/**
 * A domain with one task, `status`: its folder in tasks/, the package of its
 * logic, its section of the configuration, and a test.
 *
 * @throws OpsError NAME_INVALID (64), SCAFFOLD_EXISTS (77), COMMAND_FAILED (76)
 */
export async function newDomain(input: ScaffoldInput, { name }: { name: string }): Promise<Scaffolded> {
  const { root, dryRun } = input;
  requireName('domain', name, takenNames(root, name));
  const { written } = writeNew(input, domainTemplate(name));
  if (dryRun) return { written };
  if (written.length > 0 || !existsSync(join(root, 'tasks', name, 'node_modules'))) await installNew(input);
  await generate(input);
  return { written };
}

/** What a domain of this name would be confused with. */
function takenNames(root: string, name: string): Map<string, string> {
  const own = join('packages', 'services', name, name, 'package.json');
  const files = globSync('packages/*/*/package.json', { cwd: root }).concat(
    globSync('packages/services/*/*/package.json', { cwd: root }),
  );
  const packages = files
    .filter((file) => file !== own)
    .map((file) => (JSON.parse(readFileSync(join(root, file), 'utf8')) as { name: string }).name)
    .map((each) => [each.replace('@opsgraph/', ''), 'a package has this name'] as const);
  const others = [...ownLocks.map(runLock), ...Object.values(lockKeys)].map(String);
  const lock = others.includes(String(runLock(name))) ? [[name, 'a lock has this name'] as const] : [];
  return new Map([...packages, ...lock, ['test', 'it is the name of a script']]);
}
