import { quotePosix } from '@opsgraph/shell';

/** A machine behind ssh: where, as whom. */
export interface SshAddress {
  user: string | undefined;
  name: string;
  port: number | undefined;
}

export interface SshWay {
  address: SshAddress;
  jump: SshAddress | undefined;
  knownHosts: string | undefined;
  identity: string | undefined;
  /** Where the shared connection listens; at most about 75 bytes, without a colon. */
  controlPath: string;
}

/** `user@name:port`, `name`, `user@[::1]:22`. */
export function parseAddress(written: string): SshAddress {
  const [, user, bracketed, plain, port] = /^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(written) ?? [];
  return { user, name: bracketed ?? plain ?? written, port: port === undefined ? undefined : Number(port) };
}

/**
 * The options of every ssh. Nothing is read from the user's or the system's
 * configuration, no key is learned, nothing is asked.
 */
function sshOptions(way: SshWay): string[] {
  const { jump } = way;
  const through = jump === undefined ? [] : ['-o', `ProxyCommand=${proxyCommand(way, jump)}`];
  return [...baseOptions(way), '-o', `ControlPath=${way.controlPath}`, ...through, ...place(way.address)];
}

/**
 * One command over a connection that it opens, and leaves in the background for others, with a way to each of these
 * ports of the host; the connection ends by itself 15 s after its last use.
 */
export function connectCommand(way: SshWay, ports: readonly number[], argv: readonly string[]): string[] {
  return [
    'ssh',
    '-o',
    'ControlMaster=yes',
    '-o',
    'ControlPersist=15',
    '-o',
    'StreamLocalBindUnlink=yes',
    ...ports.flatMap((port) => ['-L', `${portSocket(way, port)}:127.0.0.1:${port}`]),
    ...sshOptions(way),
    '--',
    way.address.name,
    quotePosix(argv),
  ];
}

/** One command over the shared connection; the words are quoted for the shell there. */
export function remoteCommand(way: SshWay, argv: readonly string[]): string[] {
  return ['ssh', '-o', 'ControlMaster=no', ...sshOptions(way), '--', way.address.name, quotePosix(argv)];
}

/** Goes to the host in between and does nothing there; undefined: there is none. */
export function jumpCommand(way: SshWay): string[] | undefined {
  if (way.jump === undefined) return undefined;
  return ['ssh', ...baseOptions(way), ...place(way.jump), '--', way.jump.name, ':'];
}

/** Where a connection of this machine becomes one to a port of the host itself. */
export function portSocket(way: SshWay, port: number): string {
  return `${way.controlPath}.${port}`;
}

function baseOptions({ knownHosts, identity }: Pick<SshWay, 'knownHosts' | 'identity'>): string[] {
  return [
    ...['-F', 'none', '-T', '-a', '-x'],
    ...['-o', 'BatchMode=yes'],
    ...['-o', 'StrictHostKeyChecking=yes'],
    ...['-o', `UserKnownHostsFile=${knownHosts === undefined ? '/dev/null' : quoted(knownHosts)}`],
    ...['-o', 'GlobalKnownHostsFile=/dev/null'],
    ...['-o', 'UpdateHostKeys=no'],
    ...['-o', 'PermitLocalCommand=no'],
    ...['-o', 'ConnectTimeout=10'],
    ...['-o', 'ServerAliveInterval=5'],
    ...['-o', 'ServerAliveCountMax=3'],
    ...['-o', 'LogLevel=ERROR'],
    ...(identity === undefined ? [] : ['-o', `IdentityFile=${quoted(identity)}`, '-o', 'IdentitiesOnly=yes']),
  ];
}

function place({ user, port }: SshAddress): string[] {
  return [...(user === undefined ? [] : ['-l', user]), ...(port === undefined ? [] : ['-p', String(port)])];
}

/** Not -J: the ssh it starts would have none of these options. */
function proxyCommand(way: SshWay, jump: SshAddress): string {
  const target = way.address.name.includes(':') ? `[${way.address.name}]` : way.address.name;
  const argv = [
    'ssh',
    ...baseOptions(way),
    ...place(jump),
    '-W',
    `${target}:${way.address.port ?? 22}`,
    '--',
    jump.name,
  ];
  // ssh replaces %-signs, then has a shell execute the line.
  return quotePosix(argv).replaceAll('%', '%%');
}

/** ssh splits these values at blanks and replaces %-signs. */
function quoted(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}
