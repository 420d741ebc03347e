import { OpsError } from '@opsgraph/errors';

/** Bare in any position but the first, where a name may be a keyword, an alias or an assignment. */
const plain = /^[A-Za-z0-9_/:=.,@%+-]+$/;
const plainFirst = /^[A-Za-z0-9_.+-]*\/[A-Za-z0-9_/.+-]*$/;

/**
 * `argv` as one line for a POSIX shell (dash, busybox, bash, ksh): the shell
 * splits it into exactly these strings again. Quoted for the shell only: a
 * program may still read an argument that begins with a dash as an option.
 *
 * @throws OpsError ARGUMENT_INVALID (65) for what no argv can hold: NUL bytes, lone surrogates, no program at all
 */
export function quotePosix(argv: readonly string[]): string {
  requireArgv(argv);
  return argv
    .map((word, index) => ((index === 0 ? plainFirst : plain).test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}

/** @throws OpsError ARGUMENT_INVALID (65), naming the position and never the value */
export function requireArgv(argv: readonly string[]): asserts argv is readonly [string, ...string[]] {
  const problems = argv.flatMap((word, index) => {
    if (typeof word !== 'string') return [`argument ${index} is not a string`];
    if (word.includes('\0')) return [`argument ${index} has a NUL byte`];
    return word.isWellFormed() ? [] : [`argument ${index} has half of a surrogate pair`];
  });
  if (argv.length === 0 || argv[0] === '') problems.unshift('there is no program to run');
  if (problems.length === 0) return;
  throw new OpsError({
    code: 'ARGUMENT_INVALID',
    exit: 'badData',
    message: 'these arguments cannot be given to a program',
    hint: 'check where the argument comes from; a command line holds text without NUL bytes only',
    problems,
  });
}
