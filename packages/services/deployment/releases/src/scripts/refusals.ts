import type { Refusals } from '@opsgraph/hosts';

/** What the scripts of a deployment say with `fail CODE message`, and the ways on. */
export const refusals: Refusals = {
  HOST_HELD: { code: 'HOST_HELD', exit: 'tryLater', hint: 'wait until it has ended, and try again' },
  HOST_FENCED: {
    code: 'HOST_FENCED',
    exit: 'tryLater',
    hint: 'a later deployment has taken over; check it: pnpm --filter deployment run status:ENVIRONMENT',
  },
  ROOT_IS_LINK: {
    code: 'ROOT_IS_LINK',
    exit: 'refused',
    hint: 'make it a directory, or write the one it leads to as deployment.root: a link could be changed in the middle of a deployment',
  },
  ROOT_UNUSABLE: {
    code: 'ROOT_UNUSABLE',
    exit: 'cannotCreate',
    hint: 'create it for the user of the deployment, or give it to that user',
  },
  TOOL_MISSING: { code: 'TOOL_MISSING', exit: 'configuration', hint: 'install it on the host' },
  RELEASE_DAMAGED: {
    code: 'RELEASE_DAMAGED',
    exit: 'remote',
    hint: 'deploy again, which uploads what is damaged; if it recurs, check the disk',
  },
  RELEASE_GONE: {
    code: 'RELEASE_GONE',
    exit: 'refused',
    hint: 'it was never here, or its manifest is gone; deploy it, or choose another one (status lists them)',
  },
  SAME_PLACE: {
    code: 'SAME_PLACE',
    exit: 'configuration',
    hint: 'two names in deployment.hosts lead to one directory of one machine; remove one, or give each a root and port of its own',
  },
  PORT_TAKEN: {
    code: 'PORT_TAKEN',
    exit: 'failed',
    hint: 'stop it, or give the service another port (deployment.service.ports, or port of a host)',
  },
  SETTINGS_GONE: {
    code: 'SETTINGS_GONE',
    exit: 'refused',
    hint: '.ops/settings was removed there; deploy again with the present configuration',
  },
  STOP_UNKNOWN: {
    code: 'STOP_UNKNOWN',
    exit: 'configuration',
    hint: 'set deployment.service.stop; or stop it there by hand, and remove its directory in .ops/service',
  },
  SHARED_MISSING: {
    code: 'SHARED_MISSING',
    exit: 'configuration',
    hint: 'put the file there, or make the directory; or include its first content in the release',
  },
  SERVICE_FAILED: {
    code: 'SERVICE_FAILED',
    exit: 'remote',
    hint: "look at the service's log on the host (.ops/log/service.log in its root)",
  },
  COMMAND_FAILED: {
    code: 'HOST_COMMAND_FAILED',
    exit: 'remote',
    hint: "look at the service's log on the host (.ops/log/service.log in its root)",
  },
  DISK_FULL: {
    exit: 'ioError',
    hint: 'make room on the host (pnpm --filter deployment run prune-releases:ENVIRONMENT), and deploy again',
  },
  ROOT_READ_ONLY: { exit: 'cannotCreate', hint: 'mount it writable, or choose another deployment.root' },
};
