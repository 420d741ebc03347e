import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, stateDirectory } from '@opsgraph/config';
import { openStream, type Stream } from '@opsgraph/terminal';
import { root as checkout } from '@opsgraph/toolchain/turbo';

export type Env = Readonly<Record<string, string | undefined>>;

export interface Surroundings {
  env: Env;
  /** The project whose config/ counts. */
  root: string;
  /** Where the graph is: the project when it has a turbo.json, else this checkout. */
  workspace: string;
  /** `.ops`: logs and audit. */
  state: string;
  /** Results. */
  out: Stream;
  /** Talk. */
  err: Stream;
}

/** @throws OpsError PROJECT_ROOT_INVALID (78) */
export async function findSurroundings(env: Env): Promise<Surroundings> {
  const root = projectRoot(env);
  return {
    env,
    root,
    workspace: existsSync(join(root, 'turbo.json')) ? root : checkout,
    state: stateDirectory(root, env),
    out: await openStream('stdout', env),
    err: await openStream('stderr', env),
  };
}
