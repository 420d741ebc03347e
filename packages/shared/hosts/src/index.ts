export { askedAtOnce } from './asked-at-once.ts';
export { type Facts, fact, factsOf, type Host, type HttpAnswer } from './host.ts';
export type { Refusals } from './host-error.ts';
export { inParallel } from './in-parallel.ts';
export { combined, onAll } from './on-all.ts';
export { basics, word } from './scripts/basics.ts';
export type { HostAddress, HostSettings, SshSettings } from './settings.ts';
export { type Reach, withHosts, withReachableHosts } from './with-hosts.ts';
