import { type Activation, fullMark, type WantedServices } from './activation.ts';
import type { HostState } from './host-state.ts';

/**
 * Whether a host has this live, recorded as such, keeps it running with the
 * settings that are wanted, and nothing else beside it: then nothing has to be
 * done there but to ask whether it is well.
 */
export function isAsWanted(running: WantedServices, state: HostState, { release, settings }: Activation): boolean {
  const { current, live, services, isTurning } = state;
  if (current !== release || live?.release !== release || live.settings !== settings.name || isTurning) return false;
  const { strategy, ports } = settings.known;
  const service = services.get(live.port);
  return (
    (strategy === 'symlink' ? ports.slice(0, 1) : ports).includes(live.port) &&
    services.size === 1 &&
    service?.release === release &&
    service.state === (running.settings.service.run === undefined ? 'unwatched' : 'running') &&
    service.settings === fullMark(settings, running)
  );
}
