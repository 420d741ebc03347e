import { socketName } from '../src/host/socket-name.ts';
import type { DeploymentSettings } from '../src/index.ts';
import { listProcesses, type Process } from './processes.ts';

/** Our ends of connections to these hosts. One in the background says nothing but where its socket is. */
export function sshProcesses({
  hosts,
  ssh,
  service,
}: Pick<DeploymentSettings, 'hosts' | 'ssh' | 'service'>): Process[] {
  const sockets = Object.entries(hosts).map(([name, { ssh: to, jump, port }]) =>
    socketName(name, { ssh: to, jump }, port === undefined ? service.ports : [port]),
  );
  return listProcesses().filter(
    ({ name, commandLine }) =>
      name === 'ssh' &&
      (commandLine.includes(ssh.identity!) || sockets.some((socket) => commandLine.includes(`/${socket} [mux]`))),
  );
}
