import type { ConnectionSettings, Session } from '@opsgraph/postgres';
import type { Talk } from '@opsgraph/report';
import type { HostLease } from '../scripts/hold-lease.ts';
import type { ServiceEnvironment } from '../scripts/service-settings.ts';
import type { DeploymentSettings } from '../settings.ts';

/** What everything about a deployment needs; all of it comes from the task. */
export interface DeploymentContext extends Pick<Talk, 'info' | 'warn'> {
  session: Session;
  /** For the heartbeat, and for what must be written after an interruption. */
  connection: ConnectionSettings;
  settings: DeploymentSettings;
  environmentName: string;
  /** The name of what is deployed. */
  application: string;
  /** What the service gets as its environment, by the configuration. */
  serviceEnvironment: ServiceEnvironment;
  run: { id: string; actor: string; host: string };
  /** The checkout: its later steps continue with the lease of an earlier one. */
  place: string;
  signal: AbortSignal;
}

/** A deployment under way, with the right to change hosts. */
export interface Running extends DeploymentContext {
  deployment: string;
  hostLease: HostLease;
  /** Seconds since 1970, by the ledger's clock: what is made live is given it as its modification time. */
  time: number;
}

/** What is needed of it where the database is not: to look at hosts, or to change them by what they know. */
export type HostsContext = Omit<DeploymentContext, 'session' | 'connection'>;

/** The right to change hosts, whoever gave it. */
export type OnHosts = Omit<Running, 'session' | 'connection'>;

/** `ana on web-1`. */
export function holderOf({ run }: Pick<DeploymentContext, 'run'>): string {
  return `${run.actor} on ${run.host}`;
}
