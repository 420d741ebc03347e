import type { ConnectionSettings, Session } from '@opsgraph/postgres';
import type { Secret } from '@opsgraph/secrets';
import type { HostLease } from '../scripts/hold-lease.ts';
import type { DeploymentSettings } from '../settings.ts';

/** What everything about a deployment needs; all of it comes from the task. */
export interface DeploymentContext {
  session: Session;
  /** For the heartbeat, and for what must be written after an interruption. */
  connection: ConnectionSettings;
  settings: DeploymentSettings;
  environmentName: string;
  /** What the service gets as its environment. */
  serviceEnvironment: Readonly<Record<string, string | Secret>>;
  run: { id: string; actor: string; host: string };
  /** The checkout: its later steps go on with the lease of an earlier one. */
  place: string;
  signal: AbortSignal;
  /** What happens, for people. */
  news(text: string): void;
  warn(text: string): void;
}

/** A deployment under way, with the right to change hosts. */
export interface Running extends DeploymentContext {
  deployment: string;
  hostLease: HostLease;
}

/** `ana on web-1`. */
export function holderOf({ run }: DeploymentContext): string {
  return `${run.actor} on ${run.host}`;
}
