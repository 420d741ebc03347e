export { type Draft, writeDraft, writeWhole } from './draft.ts';
export { notWritten, writing } from './not-written.ts';
