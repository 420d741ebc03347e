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
  ['ALTER ROLE a PASSWORD $$s3cret$$', "ALTER ROLE a PASSWORD '***'"],
  [
    "ALTER ROLE a PASSWORD $x$it's$$s3cret$x$ VALID UNTIL 'infinity'",
    "ALTER ROLE a PASSWORD '***' VALID UNTIL 'infinity'",
  ],
  [
    "ALTER USER a WITH ENCRYPTED PASSWORD E'a\\'s3cret' CREATEDB",
    "ALTER USER a WITH ENCRYPTED PASSWORD '***' CREATEDB",
  ],
  ["ALTER ROLE a PASSWORD U&'\\0073\\0033'", "ALTER ROLE a PASSWORD '***'"],
  [
    "ALTER ROLE a PASSWORD /* not 'this' */ -- nor this\n 's3cret'",
    "ALTER ROLE a PASSWORD /* not 'this' */ -- nor this\n '***'",
  ],
  ["ALTER ROLE a PASSWORD 's3'\n'cret'", "ALTER ROLE a PASSWORD '***'\n'***'"],
  ["-- once: ALTER ROLE a PASSWORD 's3cret'\nSELECT 1", "-- once: ALTER ROLE a PASSWORD '***'\nSELECT 1"],
  ["ALTER ROLE a PASSWORD NULL; SELECT 'x'", "ALTER ROLE a PASSWORD NULL; SELECT 'x'"],
  ["ALTER ROLE a PASSWORD 's3cret", "ALTER ROLE a PASSWORD '***'"],
  [
    `OPTIONS (ADD "password" 's3cret', SET password 's3cret', host 'h')`,
    `OPTIONS (ADD "password" '***', SET password '***', host 'h')`,
  ],
  ["CONNECTION 'postgres://u:s3/c@ret@host/db' PUBLICATION p", "CONNECTION 'postgres://u:***@host/db' PUBLICATION p"],
  ["CONNECTION $$host=h password='s3 cret' user=u$$", 'CONNECTION $$host=h password=*** user=u$$'],
  [
    "SELECT dblink_connect('c', 'host=h password=''s3 cret'' user=u')",
    "SELECT dblink_connect('c', 'host=h password=*** user=u')",
  ],
  ["SET app.password = 's3cret'; SELECT 'x'", "SET app.password = '***'; SELECT 'x'"],
  ['SET app.password TO s3cret', 'SET app.password TO ***'],
  ["ALTER DATABASE d SET app.secret TO 's3cret'", "ALTER DATABASE d SET app.secret TO '***'"],
  ["SELECT set_config('app.password', 's3cret', false)", "SELECT set_config('app.password', '***', false)"],
  [
    "UPDATE users SET password = crypt('s3cret', gen_salt('bf')), name = 'bo' WHERE name = 'ana'",
    "UPDATE users SET password = crypt('***', gen_salt('***')), name = 'bo' WHERE name = 'ana'",
  ],
  [
    "INSERT INTO users (email, password) VALUES ('a', 's3cret')",
    "INSERT INTO users (email, password) VALUES ('***', '***')",
  ],
  ["SELECT pgp_sym_encrypt('text', 's3cret'), 'x'", "SELECT pgp_sym_encrypt('***', '***'), 'x'"],
  [
    "DO $$ BEGIN EXECUTE 'ALTER ROLE a PASSWORD ''s3cret'''; END $$",
    "DO $$ BEGIN EXECUTE 'ALTER ROLE a PASSWORD ''***'''; END $$",
  ],
  [
    "DO $do$ BEGIN EXECUTE format('ALTER ROLE %I PASSWORD %L', 'a', 's3cret'); PERFORM 'x'; END $do$",
    "DO $do$ BEGIN EXECUTE format('ALTER ROLE %I PASSWORD %L', '***', '***'); PERFORM 'x'; END $do$",
  ],
  [
    "DO $$ BEGIN EXECUTE 'ALTER ROLE a PASSWORD ' || quote_literal('s3cret'); END $$",
    "DO $$ BEGIN EXECUTE 'ALTER ROLE a PASSWORD ' || quote_literal('***'); END $$",
  ],
  [
    "CREATE TABLE t (a text DEFAULT 'x', password text DEFAULT '', CHECK (password <> ''))",
    "CREATE TABLE t (a text DEFAULT 'x', password text DEFAULT '', CHECK (password <> ''))",
  ],
  [
    "COMMENT ON COLUMN users.password IS 'hashed; never NULL'",
    "COMMENT ON COLUMN users.password IS 'hashed; never NULL'",
  ],
  [
    "SELECT 'it''s', $1, E'\\'', \"a'b\", $a$x$a$, 1.5 -- it's",
    "SELECT 'it''s', $1, E'\\'', \"a'b\", $a$x$a$, 1.5 -- it's",
  ],
])('%s', (sql, shown) => {
  expect(withoutPasswords(sql)).toBe(shown);
});
