import { environmentNames } from '@opsgraph/config';
import { generate } from './bring-up-to-date.ts';
import { requireName } from './require-name.ts';
import { environmentFile } from './templates/environment.ts';
import { type Scaffolded, type ScaffoldInput, writeNew } from './write-new.ts';

/**
 * A file in config/, and with it the scripts of every task that has one for each environment.
 *
 * @param sandbox a database of its own in the PostgreSQL of this machine, instead of a server of yours
 * @throws OpsError NAME_INVALID (64), SCAFFOLD_EXISTS (77), COMMAND_FAILED (76)
 */
export async function newEnvironment(
  input: ScaffoldInput,
  { name, sandbox }: { name: string; sandbox: boolean },
): Promise<Scaffolded> {
  const taken = new Map([
    ['application', 'config/application.ts says what is deployed'],
    ...(sandbox ? ([['production', 'everybody reads it as the real one, and a sandbox is not']] as const) : []),
  ]);
  requireName('environment', name, taken);
  const content = environmentFile(name, sandbox);
  const { written } = writeNew(input, [{ path: `config/${name}.ts`, content }]);
  if (!input.dryRun && environmentNames(input.root).includes(name)) await generate(input);
  return { written };
}
