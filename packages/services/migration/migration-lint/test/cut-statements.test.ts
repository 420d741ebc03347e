import { expect, test } from 'vitest';
import { cutStatements } from '../src/cut-statements.ts';

test.each([
  ['a;b', ['a', 'b']],
  ["'a;''b';c", ["'a;''b'", 'c']],
  ["E'a\\';b';c", ["E'a\\';b'", 'c']],
  ["'a\\';b", ["'a\\'", 'b']],
  ['"a;""b";c', ['"a;""b"', 'c']],
  ['$x$a;$y$;$x$;b', ['$x$a;$y$;$x$', 'b']],
  ['$$a;$$;$1;b', ['$$a;$$', '$1', 'b']],
  ['-- a;b\nc;d', ['-- a;b\nc', 'd']],
  ['-- a;b\rc;d', ['-- a;b\rc', 'd']],
  ['/* a; /* b; */ c; */ d;e', ['/* a; /* b; */ c; */ d', 'e']],
  ['(a;b);c', ['(a;b)', 'c']],
  ['BEGIN ATOMIC a; b; END;c', ['BEGIN ATOMIC a; b; END', 'c']],
  ["a;'b;c", ['a', "'b;c"]],
  ['é;ü$$;', ['é', 'ü$$', '']],
])('cuts %s', (sql, parts) => {
  const bytes = Buffer.from(sql);
  expect(cutStatements(bytes).map(([start, end]) => bytes.toString('utf8', start, end))).toEqual(parts);
});
