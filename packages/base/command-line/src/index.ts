export type { OptionSpec, OptionSpecs, OptionValues } from './options.ts';
export { type ParsedOptions, type ParseSettings, parseOptions, usageError } from './parse-options.ts';
