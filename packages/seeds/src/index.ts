export { type DataSet, type Format, type Reference, type SeedInput } from './data-set.ts';
export { seed, type SeededSet, type SeedResult } from './seed.ts';
