import type { HostAddress, SshSettings } from '@opsgraph/hosts';

/** Either a command that Opsgraph keeps running, or commands for a supervisor that the host has (systemd). */
export interface ServiceSettings {
  run: readonly string[] | undefined;
  start: string | undefined;
  reload: string | undefined;
  stop: string | undefined;
  /** The port, and for blue-green a second one. */
  ports: readonly number[];
  /** Milliseconds between TERM and KILL. */
  stopWithin: number;
}

export interface HealthSettings {
  /** Asked on the host itself, at the service's port. */
  path: string;
  /** Roles whose hosts are asked; the service of another one has to stay up. Empty: all are asked. */
  roles: readonly string[];
  /** Milliseconds that what is not asked has to run. */
  staysUp: number;
  /** A command on the host instead of a request. */
  command: string | undefined;
  status: number;
  /** Whether the answer must name the release, in the header x-release or as `release` in a JSON body. */
  namesRelease: boolean;
  /** So many good answers in a row. */
  successes: number;
  /** Milliseconds: between attempts, for one, for all. */
  interval: number;
  timeout: number;
  deadline: number;
}

export interface RolloutSettings {
  /** Hosts that go first, alone. */
  canary: number;
  /** Hosts in one batch. */
  batch: number;
  /** Hosts that may be out of service at the same time. */
  maxUnavailable: number;
  /** Failures after which no further host is begun. */
  stopAfter: number;
}

interface ProxySettings {
  /** Run on each host with the new port as OPS_PORT, when requests should go there. */
  switch: string;
  /** Milliseconds that the former release keeps answering. */
  drain: number;
}

/** What config/<environment>.ts says about deployment. */
export interface DeploymentSettings {
  hosts: Readonly<Record<string, HostAddress>>;
  root: string;
  ssh: SshSettings;
  keep: number;
  shared: readonly string[];
  strategy: 'symlink' | 'blue-green';
  service: ServiceSettings;
  health: HealthSettings;
  smoke: readonly string[];
  proxy: ProxySettings | undefined;
  rollout: RolloutSettings;
  /** Milliseconds after which the lease of a deployment that says nothing is over. */
  leaseExpiry: number;
  /** Milliseconds that one step on one host may take. */
  stepTimeout: number;
}

/**
 * What bringing a release to a host needs beside the service's own commands and variables. Recorded with them, so that
 * going back asks the former port in the former way.
 */
export interface KnownSettings extends Pick<DeploymentSettings, 'strategy' | 'health' | 'smoke'> {
  ports: readonly number[];
  proxy: ProxySettings | null;
}
