/** What the catalogue says about a table that is seeded. */
export interface Table {
  oid: number;
  schema: string;
  name: string;
  /** Its own rows: quoted, with schema, and ONLY where tables inherit from it, whose rows its key does not cover. */
  sql: string;
  /** The same as a place to insert into. */
  into: string;
  /** Not partitioned, and no trigger or rule of its own: nothing happens when a row is inserted but that it is there. */
  isPlain: boolean;
  /** A hash of its triggers and rules, which may make something else of a row that is written; null without any. */
  rewriters: string | null;
  /** Its triggers and rules, by name. */
  rewriterNames: readonly string[];
  /** In the table's order; without generated ones a row's image. */
  columns: readonly Column[];
  primaryKey: readonly string[];
  /** Column lists of the unique indexes that ON CONFLICT can use. */
  uniqueKeys: readonly (readonly string[])[];
  foreignKeys: readonly ForeignKey[];
  checks: readonly { name: string; condition: string; columns: readonly string[] }[];
}

export interface Column {
  name: string;
  /** As pg_attribute has it: stays when the column is renamed, and is never used again. */
  number: number;
  /** With length and the like: character varying(10). */
  type: string;
  /** Without: assigning to the column then fails instead of cutting off. */
  bareType: string;
  /** For a domain the type below it, else as `type`. */
  baseType: string;
  isDomain: boolean;
  /** COLLATE clause, when it is not the type's own. */
  collation: string | null;
  isCollatable: boolean;
  isRequired: boolean;
  hasDefault: boolean;
  /** A row that gives none gets the next number of a sequence. */
  isNumbered: boolean;
  /** Its value is always made by the table. */
  isGenerated: boolean;
  isIdentityAlways: boolean;
  /** `=` of the type tells all differences; false for json, point, citext, … */
  hasExactEquality: boolean;
  /** The operator, qualified where it is PostgreSQL's own: see docs/decisions/our-sql-does-not-ask-the-search-path.md. */
  equals: string;
  isJson: boolean;
  isArray: boolean;
}

export interface ForeignKey {
  name: string;
  columns: readonly string[];
  table: number;
  tableSql: string;
  targets: readonly string[];
}

/** The columns a row's image is made of. */
export function imageColumns(table: Table): readonly Column[] {
  return table.columns.filter(({ isGenerated }) => !isGenerated);
}
