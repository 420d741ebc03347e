import { boolean, duration, group, integer, optionalGroup, path } from '../declare/declare.ts';
import { choice, hosts, line, lines, ports, variables } from './deployment/keys.ts';

export { deploymentRule } from './deployment/rule.ts';

/** Printable ASCII: what else is asked for is written with %-signs. */
const urlPath = /^\/[\x21-\x7e]*$/;

export const deployment = optionalGroup('Where releases of the application go, and how', {
  hosts,
  root: path({
    description: 'Directory for releases on each host; a relative one is in this checkout, for this machine alone',
    absolute: true,
    required: true,
  }),
  confirm: boolean({ description: 'Whether --confirm must name the environment', default: true }),
  cleanCommit: boolean({
    description: 'Whether only a tree without uncommitted changes may be deployed',
    default: true,
  }),
  verifiedOn: line({
    description: 'An environment on which the same release must have been verified before',
    example: "'staging'",
  }),
  strategy: choice('How a host gets to a new release', ['symlink', 'blue-green']),
  keep: integer({ description: 'How many verified releases stay on a host', default: 5, min: 1, max: 1000 }),
  shared: lines(
    'Paths that outlive a release; their first content comes from the release',
    "['uploads']",
    /^(?!\/)(?!.*(?:^|\/)\.\.?(?:\/|$))[^\0\r\n]+[^\0\r\n/]$/,
  ),
  service: group('The service', {
    run: lines('The command that Opsgraph keeps running, in the directory of the release', "['node', 'src/main.ts']"),
    start: line({ description: 'Instead of run: a command that starts the service', example: "'systemctl start app'" }),
    reload: line({
      description: 'Instead of run: a command after the switch when it runs',
      example: "'systemctl reload app'",
    }),
    stop: line({ description: 'Instead of run: a command that stops it', example: "'systemctl stop app'" }),
    ports,
    variables,
    stopWithin: duration({ description: 'Time between TERM and KILL', default: '10s', max: 600_000 }),
  }),
  health: group('The health gate: a host that does not pass it is rolled back', {
    path: line({
      description: 'Path that is requested on the host, at the port of the service',
      default: '/healthz',
      example: "'/up'",
      pattern: urlPath,
    }),
    roles: lines(
      'Only hosts with one of these roles are asked (health, smoke); the service of another one, a worker, has to stay up',
      "['web']",
    ),
    staysUp: duration({
      description: 'How long a service that is not asked must stay up',
      default: '5s',
      max: 3_600_000,
    }),
    command: line({
      description:
        'Instead of a path: a command on the host, in the directory of the release, with OPS_PORT, OPS_RELEASE and OPS_ROLES',
      example: "'bin/check-health'",
    }),
    status: integer({ description: 'The expected status', default: 200, min: 100, max: 599 }),
    namesRelease: boolean({
      description: 'Whether the answer must name the release (header x-release, or "release" in JSON)',
      default: true,
    }),
    successes: integer({ description: 'Good answers in a row that count as healthy', default: 2, min: 1, max: 100 }),
    interval: duration({ description: 'Time between two requests', default: '250ms', max: 600_000 }),
    timeout: duration({ description: 'How long one answer may take', default: '3s', max: 600_000 }),
    deadline: duration({ description: 'How long the service has to become healthy', default: '30s', max: 3_600_000 }),
  }),
  smoke: lines(
    'Paths that verify requests after the health check; 401 or 403 counts as present',
    "['/simulations']",
    urlPath,
  ),
  proxy: optionalGroup('The proxy in front, for blue-green', {
    switch: line({
      description: 'A command on the host that directs requests to OPS_PORT',
      default: ':',
      example: "'/usr/local/bin/lead-to $OPS_PORT'",
    }),
    drain: duration({ description: 'How long the former release keeps answering', default: '5s', max: 3_600_000 }),
  }),
  ssh: group('How to reach hosts with ssh', {
    knownHosts: path({
      description: 'The only host keys that are accepted, as ssh-keyscan writes them',
      default: 'config/known_hosts',
      absolute: true,
    }),
    identity: line({ description: "A private key; default: the agent's", example: "'/home/deploy/.ssh/id_ed25519'" }),
    agent: line({
      description: "The agent's socket",
      variable: 'SSH_AUTH_SOCK',
      example: "'/run/user/1000/ssh-agent'",
    }),
    parallel: integer({
      description: 'Hosts to which connections are opened, and releases uploaded, at the same time',
      default: 4,
      min: 1,
      max: 100,
    }),
  }),
  rollout: group('The order in which hosts get the release', {
    canary: integer({ description: 'Hosts that go first, each alone', default: 1, min: 0, max: 100 }),
    batch: integer({ description: 'Hosts in each further batch', default: 4, min: 1, max: 1000 }),
    maxUnavailable: integer({ description: 'Hosts that may be out of service at once', default: 1, min: 1, max: 1000 }),
    stopAfter: integer({ description: 'Failures after which no further batch begins', default: 1, min: 1, max: 1000 }),
  }),
  leaseExpiry: duration({
    description: 'A deployment whose lease was not renewed for this long counts as dead, and another may start',
    default: '30s',
    max: 3_600_000,
  }),
  stepTimeout: duration({ description: 'How long one command on one host may take', default: '5m', max: 86_400_000 }),
});
