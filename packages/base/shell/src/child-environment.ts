/** The whole environment of a child: all of the caller's, or the few names it chose. */
export type ChildEnvironment = Readonly<Record<string, string | undefined>>;

const standardPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Written into every child, so that one that left its group and its parent is still known as ours. */
const markName = 'OPSGRAPH_COMMAND';

/**
 * What a child gets. zx takes commands and options from `ZX_*` (ZX_PREFIX is
 * put before every command): a child that uses zx must not inherit them. A
 * mark already there stays in front, so that ending an outer command also
 * finds what its inner ones left.
 */
export function childEnvironment(given: ChildEnvironment = { PATH: standardPath }, mark = ''): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && !/^zx_/i.test(name)) environment[name] = value;
  }
  if (mark !== '') environment[markName] = `${environment[markName] ?? ''}/${mark}`;
  return environment;
}
