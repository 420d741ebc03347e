import { environmentNames } from '../environment/choose-environment.ts';
import { readEnvironmentFile } from '../files/read-environment-file.ts';

/** What the graph needs to know of an environment; read, not validated: secrets may be missing here. */
export interface EnvironmentSummary {
  name: string;
  isSandbox: boolean;
  /** Further variables that its tasks read. */
  passThrough: readonly string[];
}

/** @throws OpsError CONFIG_FILE_BROKEN (78) */
export function readEnvironments(root: string): Promise<EnvironmentSummary[]> {
  return Promise.all(
    environmentNames(root).map(async (name) => {
      const { sandbox, passThrough } = await readEnvironmentFile(root, name);
      return {
        name,
        isSandbox: sandbox === true,
        passThrough: Array.isArray(passThrough) ? passThrough.map(String) : [],
      };
    }),
  );
}
