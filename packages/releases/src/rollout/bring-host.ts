import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../host/host.ts';
import { fact } from '../host/host.ts';
import {
  clearScript,
  type Switching,
  startBesideScript,
  stopScript,
  switchScript,
  turnScript,
} from '../scripts/switch.ts';
import { isAsked } from './ask.ts';
import type { Running } from './context.ts';
import { passGate } from './gate.ts';
import { type HostState, inspectHost } from './host-state.ts';
import { environmentOf, wantedMark } from './wanted-service.ts';

/** Milliseconds in which a switch comes to its end when somebody interrupts; a task has 8 s, of which ending it takes 3. */
const toFinish = 3000;

/** @returns whether the host had to change */
export async function bringHost(running: Running, host: Host, release: string): Promise<boolean> {
  return running.settings.strategy === 'symlink'
    ? bySymlink(running, host, release)
    : byTurning(running, host, release);
}

/** Takes a host back to having no release. */
export async function clearHost(running: Running, host: Host): Promise<void> {
  for (const port of host.ports.slice(1)) await host.run(stopScript(switching(running, host, port)));
  await host.run(clearScript(switching(running, host, host.ports[0]!)));
}

/** Ends the service on every port of a host; says whether one ran. */
export async function stopHost(running: Running, host: Host): Promise<boolean> {
  let ran = false;
  for (const port of host.ports) {
    const facts = await host.run(stopScript(switching(running, host, port)));
    ran ||= fact(facts, 'stopped') !== undefined;
  }
  return ran;
}

async function bySymlink(running: Running, host: Host, release: string): Promise<boolean> {
  const port = host.ports[0]!;
  const [[outcome] = []] = await host.run(switchScript(switching(running, host, port), release), {
    finish: toFinish,
  });
  await beHealthy(running, host, release, port);
  return outcome === 'switched';
}

async function byTurning(running: Running, host: Host, release: string): Promise<boolean> {
  const { settings, signal } = running;
  const turn = async (port: number, to: string): Promise<void> => {
    const script = turnScript(switching(running, host, port), to, settings.proxy?.switch ?? ':');
    await host.run(script, { finish: toFinish });
  };
  const state = await inspectHost(host);
  // the service on the other port may have the requests, and is about to be replaced
  if (state.isTurning && state.live !== undefined) await turn(state.live.port, state.live.release);
  if (isLive(state, release, wantedMark(running, host.name))) {
    await beHealthy(running, host, release, state.live!.port);
    await stopOthers(running, host, state.live!.port);
    return false;
  }
  const port = host.ports.find((candidate) => candidate !== state.live?.port) ?? host.ports[0]!;
  try {
    await host.run(startBesideScript(switching(running, host, port), release));
    await beHealthy(running, host, release, port);
  } catch (error) {
    // It never got a request: taking it away again leaves the host as it was.
    if (!signal.aborted) await host.run(stopScript(switching(running, host, port)));
    throw error;
  }
  await turn(port, release);
  await sleep(settings.proxy?.drain ?? 0, undefined, { signal }).catch(() => {});
  signal.throwIfAborted();
  await stopOthers(running, host, port);
  return true;
}

async function beHealthy(running: Running, host: Host, release: string, port: number): Promise<void> {
  const { successes } = running.settings.health;
  await passGate(running, host, { release, port, successes, isLookedAt: false });
}

function isLive({ current, live, services }: HostState, release: string, mark: string): boolean {
  if (current !== release || live?.release !== release) return false;
  const service = services.get(live.port);
  return service?.state === 'running' && service.settings === mark;
}

async function stopOthers(running: Running, host: Host, live: number): Promise<void> {
  for (const port of host.ports) if (port !== live) await host.run(stopScript(switching(running, host, port)));
}

function switching(running: Running, host: Host, port: number): Switching {
  return {
    root: host.root,
    lease: running.hostLease,
    service: running.settings.service,
    environment: environmentOf(running, host.name),
    port,
    listens: isAsked(running.settings, host.name),
    deployment: running.deployment,
    actor: running.run.actor,
  };
}
