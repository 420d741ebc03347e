export { type GeneratedFile, generatedFiles } from './generated-files.ts';
export { type CatalogueEntry, domains, readCatalogue, readScripts, startedTask } from './read-catalogue.ts';
