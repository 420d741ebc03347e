export type { GeneratedFile } from './generated-file.ts';
export { generatedFiles } from './generated-files.ts';
export { type CatalogueEntry, commandOf, domains, readCatalogue, readScripts, startedTask } from './read-catalogue.ts';
