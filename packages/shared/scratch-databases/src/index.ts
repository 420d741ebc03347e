export type { ScratchInput } from './scratch-input.ts';
export { scratchName, scratchPrefix } from './scratch-name.ts';
export { sweepScratchDatabases } from './sweep-scratch-databases.ts';
export { withScratchDatabase } from './with-scratch-database.ts';
