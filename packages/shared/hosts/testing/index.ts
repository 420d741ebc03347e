// For tests of packages that work on hosts: what is there, and the ways there below withHosts.

export { localHost } from '../src/local-host.ts';
export { sharedDirectory } from '../src/shared-directory.ts';
export { parseAddress, remoteCommand, type SshWay } from '../src/ssh-arguments.ts';
export { connectHost } from '../src/ssh-host.ts';
export { isAlive, listProcesses, type Process } from './processes.ts';
export { sshProcesses } from './ssh-processes.ts';
