import { editDistance } from '@opsgraph/text/nearest';

export interface KnownTasks {
  /** Scripts by domain. */
  scripts: ReadonlyMap<string, readonly string[]>;
  /** Names that belong to no domain: typecheck, test. */
  others: readonly string[];
  environments: readonly string[];
}

/**
 * What a person may have meant by a name that no task has, as the end of a
 * message; empty when nothing is near. It never offers another act than the one
 * that was written: a task is near when its own name is, without domain and environment.
 */
export function suggestTask(written: string, { scripts, others, environments }: KnownTasks): string {
  const [first, rest] = splitAt(written.replace('#', ':'));
  const domain = rest !== undefined && scripts.has(first) ? first : undefined;
  const script = domain === undefined ? written : rest!;
  const own = domain === undefined ? [...scripts.values()].flat() : scripts.get(domain)!;
  const prefix = domain === undefined ? '' : `${domain}:`;

  const bound = unique(own.filter((name) => splitAt(name)[0] === script && name !== script));
  if (bound.length > 0) return meant(bound.map((name) => prefix + name));
  const [base, environment] = splitLast(script);
  if (environment !== undefined && environments.includes(environment)) {
    if (own.includes(base)) return meant([`${prefix}${base} --env ${environment}`]);
    const near = slips(base, own);
    return meant(
      near.map((name) => `${prefix}${name}${own.includes(`${name}:${environment}`) ? ':' : ' --env '}${environment}`),
    );
  }
  const near = slips(script, domain === undefined ? [...own, ...others] : own);
  if (near.length > 0) return meant(near.map((name) => prefix + name));
  return domain === undefined ? '' : `; pnpm ops list ${domain} shows those of ${domain}`;
}

/** The names at the smallest distance, if a slip of the finger leads from there. */
function slips(script: string, names: readonly string[]): string[] {
  const measured = unique(names).map((name) => ({ name, far: editDistance(script, name) }));
  const smallest = Math.min(...measured.map(({ far }) => far));
  return measured.filter(({ name, far }) => far === smallest && isSlip(script, name, far)).map(({ name }) => name);
}

/** One letter, two that changed places, or two in a long word; from `stop` to `setup` it is another word. */
function isSlip(written: string, name: string, far: number): boolean {
  if (written.length < 3 || far > 2) return false;
  const letters = (word: string): string => [...word].sort().join('');
  return far === 1 || written.length >= 7 || letters(written) === letters(name);
}

function meant(names: readonly string[]): string {
  return names.length === 0 ? '' : `; did you mean ${names.slice(0, 3).join(' or ')}?`;
}

function splitAt(name: string): [string, string | undefined] {
  const at = name.indexOf(':');
  return at === -1 ? [name, undefined] : [name.slice(0, at), name.slice(at + 1)];
}

function splitLast(name: string): [string, string | undefined] {
  const at = name.lastIndexOf(':');
  return at === -1 ? [name, undefined] : [name.slice(0, at), name.slice(at + 1)];
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
