// Apart from the index: only what generates or checks files needs these, and every task would load them.
export { configurationReference } from './configuration-reference.ts';
export { environmentExample } from './environment-example.ts';
export { environmentVariables, secretVariables } from './environment-variables.ts';
export { type EnvironmentSummary, readEnvironments } from './read-environments.ts';
