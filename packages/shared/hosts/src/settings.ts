/** One machine on which something is done: this one, or one behind ssh. */
export interface HostAddress {
  /** `user@name` or `user@name:port`; undefined: this machine. */
  ssh: string | undefined;
  /** A host in between, written likewise. */
  jump: string | undefined;
  /** Its own port for the service, where several hosts are one machine. */
  port: number | undefined;
  /** Its own root, likewise. */
  root: string | undefined;
  /** What the host is for, passed to its commands as OPS_ROLES. */
  roles: readonly string[];
}

export interface SshSettings {
  /** Only host keys in this file are accepted. */
  knownHosts: string | undefined;
  /** A private key; without it those of the agent. */
  identity: string | undefined;
  /** The agent's socket. */
  agent: string | undefined;
  /** Connections that are opened at the same time. */
  parallel: number;
}

/** Which machines there are, and how they are reached. */
export interface HostSettings {
  hosts: Readonly<Record<string, HostAddress>>;
  /** The directory of what is brought to a host, unless it has one of its own; absolute. */
  root: string;
  /** Ports of a host to which a way is opened with its connection, unless it has one of its own. */
  ports: readonly number[];
  ssh: SshSettings;
  /** Milliseconds that one script on one host may take. */
  stepTimeout: number;
}
