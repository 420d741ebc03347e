import type { HostSettings } from '../src/settings.ts';
import { socketName } from '../src/socket-name.ts';
import { listProcesses, type Process } from './processes.ts';

/** Our ends of connections to these hosts. One in the background says nothing but where its socket is. */
export function sshProcesses({ hosts, ssh, ports }: Pick<HostSettings, 'hosts' | 'ssh' | 'ports'>): Process[] {
  const sockets = Object.entries(hosts).map(([name, { ssh: to, jump, port }]) =>
    socketName(name, { ssh: to, jump }, port === undefined ? ports : [port]),
  );
  return listProcesses().filter(
    ({ name, commandLine }) =>
      name === 'ssh' &&
      (commandLine.includes(ssh.identity!) || sockets.some((socket) => commandLine.includes(`/${socket} [mux]`))),
  );
}
