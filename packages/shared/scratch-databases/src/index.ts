export { scratchName, scratchPrefix } from './scratch-name.ts';
export { sweepScratchDatabases } from './sweep-scratch-databases.ts';
export { type ScratchInput, withScratchDatabase } from './with-scratch-database.ts';
