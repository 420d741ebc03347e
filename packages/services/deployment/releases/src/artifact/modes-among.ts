interface WithMode {
  mode: number;
}

/**
 * The permissions that belong to the content, of files (or directories) that
 * lie together: three octal digits. What the umask of a checkout has made of
 * them must not count, or the same content would be another release elsewhere:
 *
 * - group and others never write, nobody should in a release;
 * - where the group may read none of them, the umask has taken that away from
 *   all, and it may what the owner may; others likewise, what the group may.
 *   Where somebody may read some of them, the rest is meant to be private.
 */
export function modesAmong(all: readonly WithMode[]): (one: WithMode) => string {
  const isHidden = (bit: number): boolean => all.every(({ mode }) => (mode & bit) === 0);
  const [hidesGroup, hidesOthers] = [isHidden(0o040), isHidden(0o004)];
  return ({ mode }) => {
    const group = hidesGroup ? (mode & 0o500) >> 3 : mode & 0o050;
    const others = hidesOthers ? group >> 3 : mode & 0o005;
    return ((mode & 0o700) | group | others).toString(8);
  };
}
