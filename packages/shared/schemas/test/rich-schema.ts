/** One of everything that a project may have. */
export const richSchema = `
CREATE SCHEMA app; CREATE SCHEMA "Odd Name";
CREATE EXTENSION IF NOT EXISTS plpgsql;
CREATE TYPE app.mood AS ENUM ('sad', 'it''s ok', 'happy');
CREATE TYPE app.pair AS (x integer, y text);
CREATE TYPE app.span AS RANGE (subtype = double precision);
CREATE DOMAIN app.percent AS integer DEFAULT 0 NOT NULL CONSTRAINT in_range CHECK (VALUE BETWEEN 0 AND 100);
COMMENT ON DOMAIN app.percent IS 'of a whole';
CREATE SEQUENCE app.numbers AS integer START 100 INCREMENT 5 CYCLE;
CREATE FUNCTION app.twice(n integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT n * 2';
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE PROCEDURE app.nothing() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE app.total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');
CREATE TABLE app.people (
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH 1000) PRIMARY KEY,
  old_id serial,
  number integer NOT NULL DEFAULT nextval('app.numbers'),
  email text COLLATE "C" NOT NULL DEFAULT 'a$b',
  shout text GENERATED ALWAYS AS (upper(email)) STORED,
  mood app.mood DEFAULT 'happy',
  share app.percent,
  born timestamptz DEFAULT '2020-01-01 00:00:00+00',
  tags text[] NOT NULL DEFAULT '{}',
  CONSTRAINT doubled CHECK (app.twice(number) > 0),
  UNIQUE (email)
) WITH (fillfactor = 80);
ALTER TABLE app.people ADD CONSTRAINT later CHECK (number < 1000000) NOT VALID;
CREATE INDEX people_lower ON app.people (lower(email)) INCLUDE (number) WHERE number > 5;
CREATE STATISTICS app.people_stats (dependencies) ON number, mood FROM app.people;
CREATE TRIGGER touched BEFORE UPDATE ON app.people FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE TRIGGER asleep AFTER INSERT ON app.people FOR EACH ROW EXECUTE FUNCTION app.touch();
ALTER TABLE app.people DISABLE TRIGGER asleep;
ALTER TABLE app.people ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON app.people FOR SELECT USING (email = current_user);
CREATE TABLE "Odd Name"."Weird ""table" ("person.id" bigint REFERENCES app.people ON DELETE CASCADE DEFERRABLE, EXCLUDE USING gist (span WITH &&), span int4range);
CREATE UNLOGGED TABLE empty_one ();
CREATE TABLE events (at date NOT NULL, what text, PRIMARY KEY (at)) PARTITION BY RANGE (at);
CREATE TABLE events_2020 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE INDEX events_what ON events (what);
CREATE TABLE parent (a integer); CREATE TABLE child (b integer) INHERITS (parent);
CREATE VIEW a_first AS SELECT * FROM app.people;
CREATE VIEW app.happy AS SELECT id, email FROM public.a_first WHERE mood = 'happy';
CREATE MATERIALIZED VIEW counted AS SELECT mood, count(*) AS n FROM app.people GROUP BY mood;
CREATE UNIQUE INDEX counted_mood ON counted (mood);
CREATE FUNCTION app.whole(p app.people) RETURNS text LANGUAGE sql AS 'SELECT p.email';
CREATE RULE no_delete AS ON DELETE TO empty_one DO INSTEAD NOTHING;
CREATE TYPE app.words AS RANGE (subtype = text, subtype_opclass = text_pattern_ops);
CREATE FUNCTION app.as_number(app.mood) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE FUNCTION watched() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE OPERATOR app.<<<< (FUNCTION = int4lt, LEFTARG = integer, RIGHTARG = integer);
CREATE OPERATOR FAMILY app.ordered USING btree;
ALTER OPERATOR FAMILY app.ordered USING btree ADD OPERATOR 1 <(integer, integer), FUNCTION 1 (integer, integer) btint4cmp(integer, integer);
CREATE OPERATOR CLASS app.int_ops FOR TYPE integer USING btree FAMILY app.ordered AS STORAGE integer;
CREATE TEXT SEARCH DICTIONARY app.words (TEMPLATE = simple);
CREATE TEXT SEARCH CONFIGURATION app.english (COPY = pg_catalog.english);
CREATE FOREIGN DATA WRAPPER far; CREATE SERVER away FOREIGN DATA WRAPPER far OPTIONS (host 'a');
CREATE FOREIGN TABLE app.distant (a integer) SERVER away OPTIONS (name 'x');
CREATE TABLE two (a integer, b integer);
ALTER TABLE app.people ADD CONSTRAINT app_people_number UNIQUE (number);
CREATE TRIGGER happened AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE PUBLICATION news FOR TABLE app.people;
CREATE ACCESS METHOD other_heap TYPE TABLE HANDLER heap_tableam_handler;
CREATE EVENT TRIGGER watch ON ddl_command_start WHEN TAG IN ('DROP CAST') EXECUTE FUNCTION watched();
COMMENT ON TABLE app.people IS 'who uses it; isn''t empty';
COMMENT ON COLUMN app.people.email IS 'lower case';
COMMENT ON CONSTRAINT doubled ON app.people IS 'a check';
COMMENT ON CONSTRAINT in_range ON DOMAIN app.percent IS 'a domain check';
COMMENT ON INDEX app.people_lower IS 'an index';
COMMENT ON FUNCTION app.twice(integer) IS 'a function';
COMMENT ON TRIGGER touched ON app.people IS 'a trigger';
COMMENT ON SCHEMA app IS 'a schema';
COMMENT ON VIEW app.happy IS 'a view'; COMMENT ON COLUMN app.happy.email IS 'a view column';
`;
