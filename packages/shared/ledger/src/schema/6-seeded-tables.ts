export const seededTables = `
-- which table and columns a load wrote to, whatever they are called by now; null for loads of before
ALTER TABLE ops.seed_load ADD relation bigint, ADD numbers smallint[];
`;
