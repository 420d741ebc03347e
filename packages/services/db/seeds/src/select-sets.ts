import { OpsError } from '@opsgraph/errors';
import type { DataSet } from './data-set.ts';

/**
 * The sets asked for, in the manifest's order.
 *
 * @throws OpsError SEED_SET_UNKNOWN (64), SEED_SET_ELSEWHERE (77) for a set of other environments
 */
export function selectSets(
  all: readonly DataSet[],
  wanted: readonly string[] | 'all',
  environment: string,
): readonly DataSet[] {
  const isForHere = ({ environments }: DataSet): boolean =>
    environments === undefined || environments.includes(environment);
  if (wanted === 'all') return all.filter(isForHere);
  const unknown = wanted.filter((name) => !all.some((set) => set.name === name));
  if (unknown.length > 0) {
    throw new OpsError({
      code: 'SEED_SET_UNKNOWN',
      exit: 'usage',
      message: `there is no data set ${unknown.join(', ')}`,
      hint: `the sets are: ${all.map(({ name }) => name).join(', ')}`,
    });
  }
  const chosen = all.filter(({ name }) => wanted.includes(name));
  const elsewhere = chosen.filter((set) => !isForHere(set));
  if (elsewhere.length > 0) {
    throw new OpsError({
      code: 'SEED_SET_ELSEWHERE',
      exit: 'refused',
      message: elsewhere
        .map(({ name, environments }) => `${name} is for ${environments!.join(', ')}, not for ${environment}`)
        .join('; '),
      hint: `add "${environment}" to its environments in seeds.ts if that is meant`,
    });
  }
  return chosen;
}
