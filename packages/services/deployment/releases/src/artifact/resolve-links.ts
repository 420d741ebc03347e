import type { ReleaseLink } from './manifest.ts';

/** As many as Linux follows. */
const mostLinks = 40;

/**
 * One line for each link that leads nowhere, or to something that is not in
 * the release, also by way of other links.
 *
 * @param paths of files and directories
 */
export function linkProblems(links: readonly ReleaseLink[], paths: readonly string[]): string[] {
  const targets = new Map(links.map(({ path, target }) => [path, target]));
  const there = new Set(paths.flatMap(withParents));
  return links.flatMap(({ path, target }) => {
    const end = followed(path, targets);
    if (end !== undefined && (end === '' || there.has(end) || leadsTo(end, targets))) return [];
    return [`${path}: is a link to ${target}, which is not in the release; name that among its files too`];
  });
}

function withParents(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** A directory in which there are only links. */
function leadsTo(end: string, targets: ReadonlyMap<string, string>): boolean {
  return [...targets.keys()].some((path) => path.startsWith(`${end}/`));
}

/** Where a path ends when every link on the way is followed; undefined: outside, or nowhere. */
function followed(path: string, targets: ReadonlyMap<string, string>): string | undefined {
  const left = path.split('/');
  const done: string[] = [];
  for (let count = 0; left.length > 0; ) {
    const part = left.shift()!;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (done.pop() === undefined) return undefined;
      continue;
    }
    const target = targets.get([...done, part].join('/'));
    if (target === undefined) done.push(part);
    else if (++count > mostLinks) return undefined;
    else left.unshift(...target.split('/'));
  }
  return done.join('/');
}
