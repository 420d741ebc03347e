import { type Facts, fact, factsOf, type Host } from '@opsgraph/hosts';
import { inspectScript, surveyScript } from '../scripts/inspect.ts';
import type { KnownSettings } from '../settings.ts';

/** What a host says about itself. */
export interface HostState {
  host: string;
  /** Milliseconds that its clock is ahead of ours. */
  clockAhead: number;
  root: 'missing' | 'ready' | 'unwritable';
  /** The path of its root. */
  path: string;
  /** Bytes. */
  free: number;
  /** Files that can be made; undefined: it is not known, or there is no limit. */
  freeInodes: number | undefined;
  lacks: readonly string[];
  fence: { number: number; ledger: string; isLive: boolean; holder: string };
  /** The release that `current` names. */
  current: string | undefined;
  /** What was shared when that was brought there, as JSON; undefined: nobody has noted it. */
  shared: string | undefined;
  /** Something else than a release that `current` names. */
  strange: string | undefined;
  live:
    | {
        release: string;
        deployment: string;
        actor: string;
        since: Date;
        port: number;
        /** Name of what it was started with; undefined: an Opsgraph that recorded none did it. */
        settings: string | undefined;
      }
    | undefined;
  /** What services were started with, by name. */
  settings: ReadonlyMap<string, RecordedSettings>;
  /** Whose releases lie in the root; undefined: nobody has said so yet. */
  application: string | undefined;
  /** A deployment died while it led the requests to another port. */
  isTurning: boolean;
  releases: ReadonlyMap<string, 'complete' | 'broken'>;
  /** Half made things of deployments that died. */
  hasRemains: boolean;
  /** By port. */
  services: ReadonlyMap<number, ServiceState>;
  /** Ports of the service at which another process listens, and who that is. */
  taken: ReadonlyMap<number, string>;
}

interface RecordedSettings {
  /** See settingsMark. */
  mark: string;
  known: KnownSettings;
}

interface ServiceState {
  release: string;
  /**
   * `failing`: it crashed within the last minute. `ended`: nothing keeps it running. `unwatched`: it was started by a
   * command of its own, and not stopped since.
   */
  state: 'running' | 'failing' | 'ended' | 'unwatched';
  /** The marks of what it was started with, recorded or not. */
  settings: string;
  /** The name of those settings. */
  of: string | undefined;
}

/** What a host has. Of its clock, tools, room and ports nothing is known. */
export async function inspectHost(host: Host): Promise<HostState> {
  return readState(host, await host.run(inspectScript(host.root)), Date.now());
}

/** The same with whether it can be deployed there. */
export async function surveyHost(host: Host): Promise<HostState> {
  const before = Date.now();
  const facts = await host.run(surveyScript(host.root, host.ports));
  return readState(host, facts, (before + Date.now()) / 2);
}

export function readState({ name: host, root: path }: Host, facts: Facts, asked: number): HostState {
  const now = Number(fact(facts, 'now')?.[0] ?? asked / 1000);
  const [number = '0', ledger = '', until = '0', holder = ''] = fact(facts, 'fence') ?? [];
  const live = fact(facts, 'live');
  // somebody may have edited it
  const isWhole = live !== undefined && live.length >= 5 && /^\d+$/.test(live[3]!) && /^[1-9]\d*$/.test(live[4]!);
  return {
    host,
    path,
    clockAhead: now * 1000 - asked,
    root: (fact(facts, 'root')?.[0] ?? 'unwritable') as HostState['root'],
    free: Number(fact(facts, 'free')?.[0] ?? 0) * 1024,
    freeInodes: fact(facts, 'inodes') && Number(fact(facts, 'inodes')![0]),
    lacks: factsOf(facts, 'lacks').map(([tool]) => tool!),
    fence: { number: Number(number), ledger, isLive: Number(until) > now, holder },
    current: fact(facts, 'current')?.[0],
    shared: fact(facts, 'shared')?.[0],
    strange: fact(facts, 'strange')?.[0],
    live: isWhole
      ? {
          release: live[0]!,
          deployment: live[1]!,
          actor: live[2]!,
          since: new Date(Number(live[3]) * 1000),
          port: Number(live[4]),
          settings: live[5] || undefined,
        }
      : undefined,
    settings: new Map(
      factsOf(facts, 'settings').flatMap(([name, mark = '', json = '']) => readSettings(name!, mark, json)),
    ),
    application: fact(facts, 'application')?.[0],
    isTurning: fact(facts, 'turning') !== undefined,
    releases: new Map(factsOf(facts, 'release').map(([id, state]) => [id!, state as 'complete' | 'broken'])),
    hasRemains: fact(facts, 'remains') !== undefined,
    services: new Map(
      factsOf(facts, 'service').map(([port, release = '', state, settings = '', of = '']) => [
        Number(port),
        { release, state: state as ServiceState['state'], settings, of: of || undefined },
      ]),
    ),
    taken: new Map(factsOf(facts, 'taken').map(([port, who = '']) => [Number(port), who])),
  };
}

/** What somebody has edited is no way back any more. */
function readSettings(name: string, mark: string, json: string): [string, RecordedSettings][] {
  try {
    return [[name, { mark, known: JSON.parse(json) as KnownSettings }]];
  } catch {
    return [];
  }
}
