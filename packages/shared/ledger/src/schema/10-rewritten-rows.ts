export const rewrittenRows = `
-- what the triggers and rules of a table made of rows that a data set gave: such a row is as its file says
CREATE TABLE IF NOT EXISTS ops.seed_rewritten (
  schema_name text NOT NULL,
  table_name text NOT NULL,
  -- a hash of those triggers and rules: others may make something else of it
  rewriters text NOT NULL,
  -- hashes of the columns that the file has, as it gave them and as the table took them
  given bigint NOT NULL,
  taken bigint NOT NULL,
  PRIMARY KEY (schema_name, table_name, given, taken, rewriters)
);
`;
