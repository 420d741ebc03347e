import { randomBytes } from 'node:crypto';
import type { Session } from '@opsgraph/postgres';

/** What a lower role can make in a schema where it may create: an exact match wins over PostgreSQL's own with a cast. */
const functions = `
DO $do$
DECLARE each record; variant text;
BEGIN
  FOR each IN
    SELECT DISTINCT p.proname, v.args FROM pg_catalog.pg_proc p, LATERAL (
      SELECT string_agg(CASE how
          WHEN 1 THEN CASE t WHEN 'text' THEN 'varchar' WHEN 'name' THEN 'text' WHEN 'oid' THEN 'regclass' WHEN 'int4' THEN 'int8'
            WHEN 'int8' THEN 'int4' WHEN 'float8' THEN 'int8' WHEN 'numeric' THEN 'int8' ELSE t END
          WHEN 2 THEN CASE t WHEN 'varchar' THEN 'text' WHEN 'regclass' THEN 'oid' WHEN 'text' THEN 'name' WHEN 'int4' THEN 'text' ELSE t END
          WHEN 3 THEN 'text' WHEN 4 THEN 'varchar' ELSE t END, ', ' ORDER BY at) AS args
      FROM generate_series(1, 5) how, LATERAL (
        SELECT CASE WHEN b.typname IN ('any', 'anyelement', 'anynonarray', 'anycompatible', 'anycompatiblenonarray')
                      THEN (ARRAY['varchar', 'text', 'text', 'varchar', 'int8'])[how]
                    WHEN b.typname IN ('anyarray', 'anycompatiblearray') THEN (ARRAY['varchar[]', 'text[]', 'name[]', 'oid[]', 'text[]'])[how]
                    WHEN b.typname = 'char' THEN '"char"' ELSE b.typname::text END AS t, a.at
        FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY a(type, at) JOIN pg_type b ON b.oid = a.type) typed
      GROUP BY how) v
    WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.pronargs BETWEEN 1 AND 3 AND p.prokind IN ('f', 'a', 'w')
      AND p.proname = ANY ($names$NAMES$names$::text[])
  LOOP
    BEGIN
      EXECUTE format('CREATE FUNCTION public.%I(%s) RETURNS text LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION %L; END $f$',
        each.proname, each.args, 'trap: ' || each.proname || '(' || each.args || ')');
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
END $do$`;

const operators = `
DO $do$
DECLARE op text; a text; b text;
  types text[] := ARRAY['varchar', 'bpchar', 'text', 'name', '"char"', 'oid', 'regclass', 'regnamespace', 'int2', 'int4', 'int8', 'numeric',
    'float8', 'interval', 'timestamptz', 'varchar[]', 'text[]', 'name[]', 'bool'];
BEGIN
  FOREACH op IN ARRAY ARRAY['=', '<>', '<', '>', '<=', '>=', '||', '*', '+', '-', '~~'] LOOP
    FOREACH a IN ARRAY types LOOP
      FOREACH b IN ARRAY types LOOP
        CONTINUE WHEN op IN ('*', '+', '-', '~~', '<=', '>=') AND a <> b AND NOT (a LIKE '%char' OR b LIKE '%char' OR a = 'interval' OR b = 'interval');
        BEGIN
          EXECUTE format('CREATE FUNCTION public.trap(%1$s, %2$s) RETURNS bool LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION %3$L; END $f$', a, b, format('trap operator (%s, %s)', a, b));
        EXCEPTION WHEN OTHERS THEN NULL;
        END;
        BEGIN
          EXECUTE format('CREATE OPERATOR public.%1$s (LEFTARG = %2$s, RIGHTARG = %3$s, FUNCTION = public.trap)', op, a, b);
        EXCEPTION WHEN OTHERS THEN NULL;
        END;
      END LOOP;
    END LOOP;
  END LOOP;
END $do$`;

/**
 * Fills schema public with functions and operators of a lower role that any
 * statement calls which leaves it to the search_path, and the types, which
 * one is meant. Each fails with `trap`. The session must be a superuser's.
 *
 * @param names of the functions of PostgreSQL to shadow
 * @returns the role, to be dropped after the database
 */
export async function layTraps(session: Session, names: readonly string[]): Promise<string> {
  const role = `lower_${randomBytes(5).toString('hex')}`;
  await session.execute(
    `CREATE ROLE ${role}; GRANT CREATE, USAGE ON SCHEMA public TO ${role}; SET ROLE ${role}; SET search_path = pg_catalog`,
  );
  await session.execute(functions.replace('NAMES', `{${names.join(',')}}`));
  await session.execute(operators);
  await session.execute('RESET ROLE; RESET search_path');
  return role;
}
