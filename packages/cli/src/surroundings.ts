import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, stateDirectory } from '@opsgraph/config';
import { root as checkout } from '@opsgraph/toolchain/turbo';
import { type Env, type Stream, streamTo } from './stream.ts';

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
export function findSurroundings(env: Env): Surroundings {
  const root = projectRoot(env);
  return {
    env,
    root,
    workspace: existsSync(join(root, 'turbo.json')) ? root : checkout,
    state: stateDirectory(root, env),
    out: streamTo(process.stdout, env),
    err: streamTo(process.stderr, env),
  };
}
