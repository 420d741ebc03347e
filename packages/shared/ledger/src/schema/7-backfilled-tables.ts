export const backfilledTables = `
-- which table a backfill began on, whatever it is called by now, and the types of its key, which say how its rows are
-- ordered; null for those of before
ALTER TABLE ops.backfill ADD relation bigint, ADD key_types text[];
`;
