export { domains, readScripts, startedTask } from './domains.ts';
export { generatedFiles } from './generated-files.ts';
export { type CatalogueEntry, commandOf, readCatalogue } from './read-catalogue.ts';
