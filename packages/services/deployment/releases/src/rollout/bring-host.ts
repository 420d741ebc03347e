import { setTimeout as sleep } from 'node:timers/promises';
import { fact, type Host } from '@opsgraph/hosts';
import {
  clearScript,
  type Ending,
  noteScript,
  type Switching,
  startBesideScript,
  stopPortScript,
  stopScript,
  switchScript,
  turnScript,
} from '../scripts/switch.ts';
import { type Activation, fullMark, recordedSettings, settingsWith, withPorts } from './activation.ts';
import { isAsked } from './ask.ts';
import type { OnHosts } from './context.ts';
import { passGate } from './gate.ts';
import { type HostState, inspectHost } from './host-state.ts';

/** Milliseconds in which a switch comes to its end when somebody interrupts; a task has 8 s, of which ending it takes 3. */
const toFinish = 3000;

/** @returns whether the host had to change */
export async function bringHost(running: OnHosts, host: Host, activation: Activation): Promise<boolean> {
  const its = { ...running, settings: settingsWith(running.settings, activation.settings.known) };
  const there = withPorts(host, activation.settings);
  return its.settings.strategy === 'symlink' ? bySymlink(its, there, activation) : byTurning(its, there, activation);
}

/** Takes a host back to having no release. */
export async function clearHost(running: OnHosts, host: Host): Promise<void> {
  await host.run(clearScript(ending(running, host)));
}

/** Ends every service on a host, whatever its port; says whether one ran. */
export async function stopHost(running: OnHosts, host: Host): Promise<boolean> {
  const facts = await host.run(stopScript(ending(running, host), host.ports));
  return fact(facts, 'stopped') !== undefined;
}

async function bySymlink(running: OnHosts, host: Host, activation: Activation): Promise<boolean> {
  const port = host.ports[0]!;
  const script = switchScript(switching(running, host, activation, port), activation.release);
  const [[outcome] = []] = await host.run(script, { finish: toFinish });
  await beHealthy(running, host, activation, port);
  return outcome === 'switched';
}

async function byTurning(running: OnHosts, host: Host, activation: Activation): Promise<boolean> {
  const { signal } = running;
  const { release, settings } = activation;
  const turn = async ({ release: to, settings: its }: Activation, port: number): Promise<void> => {
    const script = turnScript(
      switching(running, host, { release: to, settings: its }, port),
      to,
      its.known.proxy?.switch ?? ':',
    );
    await host.run(script, { finish: toFinish });
  };
  const state = await inspectHost(host);
  // the service on the other port may have the requests, and is about to be replaced
  if (state.isTurning && state.live !== undefined)
    await turn(
      { release: state.live.release, settings: recordedSettings(state, state.live.settings) ?? settings },
      state.live.port,
    );
  if (isLive(state, activation, fullMark(settings, running), host.ports)) {
    const { port, settings: name } = state.live!;
    await beHealthy(running, host, activation, port);
    if (name !== settings.name) await host.run(noteScript(switching(running, host, activation, port), release));
    await stopOthers(running, host, port);
    return false;
  }
  const port = host.ports.find((candidate) => candidate !== state.live?.port) ?? host.ports[0]!;
  try {
    await host.run(startBesideScript(switching(running, host, activation, port), release));
    await beHealthy(running, host, activation, port);
  } catch (error) {
    // It never got a request: taking it away again leaves the host as it was.
    if (!signal.aborted) await host.run(stopPortScript(ending(running, host), port));
    throw error;
  }
  await turn(activation, port);
  await sleep(running.settings.proxy?.drain ?? 0, undefined, { signal }).catch(() => {});
  signal.throwIfAborted();
  await stopOthers(running, host, port);
  return true;
}

async function beHealthy(running: OnHosts, host: Host, { release }: Activation, port: number): Promise<void> {
  const { successes } = running.settings.health;
  await passGate(running, host, { release, port, successes, isLookedAt: false });
}

function isLive(
  { current, live, services }: HostState,
  { release }: Activation,
  mark: string,
  ports: readonly number[],
): boolean {
  if (current !== release || live?.release !== release || !ports.includes(live.port)) return false;
  const service = services.get(live.port);
  return service?.state === 'running' && service.settings === mark;
}

async function stopOthers(running: OnHosts, host: Host, live: number): Promise<void> {
  await host.run(stopScript(ending(running, host), host.ports, live));
}

function switching(running: OnHosts, host: Host, { settings }: Activation, port: number): Switching {
  const roles = running.settings.hosts[host.name]?.roles.join(' ') ?? '';
  const listens = isAsked(running.settings, host.name);
  return { ...ending(running, host), settings, roles, port, listens, time: running.time };
}

function ending(running: OnHosts, { root }: Host): Ending {
  return {
    root,
    lease: running.hostLease,
    current: running.serviceEnvironment.current,
    formerStop: running.settings.service.stop,
    deployment: running.deployment,
    actor: running.run.actor,
  };
}
