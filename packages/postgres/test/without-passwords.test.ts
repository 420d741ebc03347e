import { expect, it } from 'vitest';
import { withoutPasswords } from '../src/index.ts';

it.each([
  [
    "CREATE ROLE a LOGIN PASSWORD 'it''s; secret' VALID UNTIL 'infinity'",
    "CREATE ROLE a LOGIN PASSWORD '***' VALID UNTIL 'infinity'",
  ],
  ["ALTER ROLE a ENCRYPTED PASSWORD E'x'", "ALTER ROLE a ENCRYPTED PASSWORD '***'"],
  ["OPTIONS (user 'u', password 'x')", "OPTIONS (user 'u', password '***')"],
  ["CONNECTION 'host=h password=x user=u'", "CONNECTION 'host=h password=*** user=u'"],
  ["UPDATE users SET password = 'hash' WHERE id = 1", "UPDATE users SET password = '***' WHERE id = 1"],
  ["ALTER TABLE users ADD password text DEFAULT ''", "ALTER TABLE users ADD password text DEFAULT ''"],
])('%s', (sql, shown) => {
  expect(withoutPasswords(sql)).toBe(shown);
});
