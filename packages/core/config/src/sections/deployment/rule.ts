import type { Facts, Rule } from '../../declare/rule.ts';
import type { HostValue } from './keys.ts';

/** Combinations that cannot work, or would work against each other. */
export const deploymentRule: Rule = (facts) => {
  const { environmentName, given, value } = facts;
  if (!given('deployment')) return [];
  const problems = [
    ...serviceProblems(facts),
    ...blueGreenProblems(facts),
    ...hostProblems(facts),
    ...sharedProblems(facts),
    ...roleProblems(facts),
  ];
  if (value('deployment.verifiedOn') === environmentName)
    problems.push(['verifiedOn', 'names this environment itself; remove it']);
  return problems.map(([key, says]) => `deployment.${key} (config/${environmentName}.ts): ${says}`);
};

/** The key and what is wrong with it. */
type Problem = [string, string];

/** What Opsgraph gives every service itself. */
const own = /^(PORT|RELEASE|OPS_.*)$/;

function serviceProblems({ given, value }: Facts): Problem[] {
  const problems: Problem[] = [];
  const run = value('deployment.service.run') as readonly string[] | undefined;
  const start = value('deployment.service.start');
  // one that is wrong has been reported already
  const isWrong = given('deployment.service.run') && run === undefined;
  if (!isWrong && (run?.length ?? 0) > 0 === (start !== undefined))
    problems.push([
      'service',
      'give either run, which Opsgraph keeps running, or start (with reload and stop) for a supervisor of your own',
    ]);
  const variables = (value('deployment.service.variables') ?? {}) as Readonly<Record<string, string>>;
  problems.push(...unexpanded(run ?? []));
  const taken = Object.keys(variables).filter((name) => own.test(name));
  if (taken.length > 0)
    problems.push(['service.variables', `${taken.join(', ')}: Opsgraph itself sets this; remove it`]);
  return problems;
}

/** `run` has no shell: a variable in it would arrive as its name. */
function unexpanded(run: readonly string[]): Problem[] {
  if (/^(?:.*\/)?(?:ba|da|a|k|z|)sh$/.test(run[0] ?? '')) return [];
  return run
    .filter((word) => /\$(?:[A-Z_]|\{)/.test(word))
    .map((word) => [
      'service.run',
      `'${word}' is passed on literally: no shell reads this command; write ['sh', '-c', 'exec … "$PORT"'], and the variable in double quotes`,
    ]);
}

function blueGreenProblems({ given, value }: Facts): Problem[] {
  if (value('deployment.strategy') !== 'blue-green') return [];
  const problems: Problem[] = [];
  const ports = value('deployment.service.ports') as readonly number[] | undefined;
  if (ports !== undefined && new Set(ports).size !== 2)
    problems.push(['service.ports', 'blue-green needs two, for example [8080, 8081]']);
  if (value('deployment.service.start') !== undefined)
    problems.push(['service.start', 'blue-green runs two releases side by side; use run']);
  if (!given('deployment.proxy'))
    problems.push(['proxy', 'missing; blue-green must direct requests to the new release']);
  for (const [name, { port }] of hostsOf(value))
    if (port !== undefined)
      problems.push([
        `hosts.${name}.port`,
        'blue-green needs two ports on each host: remove it, and use service.ports',
      ]);
  return problems;
}

/** Two names for one place would deploy beside each other. */
function hostProblems({ value }: Facts): Problem[] {
  const root = value('deployment.root');
  const ports = (value('deployment.service.ports') ?? []) as readonly number[];
  const taken = new Map<string, string>();
  return hostsOf(value).flatMap(([name, { ssh, port, root: its }]): Problem[] => {
    const machine = ssh ?? 'this machine';
    const needs = [`directory ${its ?? root}`, ...(port === undefined ? ports : [port]).map((one) => `port ${one}`)];
    const common = needs.filter((need) => taken.has(`${machine} ${need}`));
    const [other] = common.map((need) => taken.get(`${machine} ${need}`));
    for (const need of needs) taken.set(`${machine} ${need}`, name);
    return other === undefined
      ? []
      : [
          [
            `hosts.${name}`,
            `has ${common.join(' and ')} of ${machine}, as ${other} has; give each its own root and port`,
          ],
        ];
  });
}

/** A link in what is itself a link would be made, and what is there removed, in what outlives releases. */
function sharedProblems({ value }: Facts): Problem[] {
  const shared = (value('deployment.shared') ?? []) as readonly string[];
  return shared.flatMap((path, index): Problem[] => {
    const above = shared.find((other, at) => at !== index && `${path}/`.startsWith(`${other}/`));
    if (above === undefined || (above === path && shared.indexOf(path) === index)) return [];
    return [
      ['shared', above === path ? `names '${path}' twice` : `'${path}' is in '${above}', which is shared as a whole`],
    ];
  });
}

/** A role that no host has would leave all of them unasked. */
function roleProblems({ value }: Facts): Problem[] {
  const known = new Set(hostsOf(value).flatMap(([, { roles }]) => roles));
  const strange = ((value('deployment.health.roles') ?? []) as readonly string[]).filter((role) => !known.has(role));
  return strange.length === 0 ? [] : [['health.roles', `no host has the role ${strange.join(', ')}`]];
}

function hostsOf(value: Facts['value']): [string, HostValue][] {
  return Object.entries((value('deployment.hosts') ?? {}) as Readonly<Record<string, HostValue>>);
}
