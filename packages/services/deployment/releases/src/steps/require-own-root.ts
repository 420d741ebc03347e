import { OpsError } from '@opsgraph/errors';
import type { HostState } from '../rollout/host-state.ts';

/**
 * Two applications in one root would remove each other's releases, and offer each other's for going back.
 *
 * @throws OpsError ROOT_TAKEN (77)
 */
export function requireOwnRoot(states: readonly HostState[], application: string): void {
  const taken = states.filter((state) => state.application !== undefined && state.application !== application);
  if (taken.length === 0) return;
  throw new OpsError({
    code: 'ROOT_TAKEN',
    exit: 'refused',
    message: taken
      .map(({ host, path, application: its }) => `${host}: ${path} holds releases of ${its}, not of ${application}`)
      .join('; '),
    hint: 'give each application its own deployment.root; when it is the same one under a new name, write that name into .ops/application there',
  });
}
