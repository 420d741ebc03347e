import type { Node } from 'libpg-query';
import { strings } from './alterations.ts';

/**
 * Functions that give one value for the whole statement, of those that people
 * write in defaults (pg_proc.provolatile is i or s). Any other function may be
 * volatile, as those that people define are unless they say otherwise.
 */
export const steadyFunctions: ReadonlySet<string> = new Set(
  `now transaction_timestamp statement_timestamp current_setting current_database current_schema current_user
   session_user timezone date_trunc date_part extract age make_date make_time make_interval make_timestamp
   make_timestamptz to_timestamp to_date to_char to_number date timestamp timestamptz interval justify_days
   justify_hours justify_interval lower upper initcap concat concat_ws format md5 sha256 encode decode length
   char_length octet_length substr substring replace translate trim btrim ltrim rtrim lpad rpad left right repeat
   reverse split_part quote_literal quote_ident quote_nullable regexp_replace string_to_array array_to_string
   array_fill array_append array_prepend array_cat jsonb_build_object jsonb_build_array json_build_object
   json_build_array to_json to_jsonb jsonb_object json_object jsonb_set abs ceil ceiling floor round trunc power
   sqrt mod sign numeric int4 int8 int2 text varchar bpchar int4range int8range numrange tsrange tstzrange daterange
   to_tsvector to_tsquery inet cidr txid_current pg_current_xact_id`.split(/\s+/),
);

/** The first function in an expression that may give another value for each row; undefined when there is none. */
export function findVolatile(expression: unknown): string | undefined {
  if (typeof expression !== 'object' || expression === null) return undefined;
  if (Array.isArray(expression)) return expression.map(findVolatile).find((name) => name !== undefined);
  const node = expression as Node;
  if ('FuncCall' in node) {
    const parts = strings(node.FuncCall.funcname);
    const isBuiltin = parts.length === 1 || parts[0] === 'pg_catalog';
    if (!isBuiltin || !steadyFunctions.has(parts.at(-1) ?? '')) return parts.join('.');
  }
  return Object.values(node)
    .map(findVolatile)
    .find((name) => name !== undefined);
}
