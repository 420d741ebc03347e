import type { OptionSpecs, OptionValues } from '@opsgraph/command-line';

/** What every task understands. */
export const commonOptions = {
  help: { type: 'boolean', short: 'h', description: 'Show this help' },
  env: { type: 'string', value: 'NAME', description: 'Environment to act on (default: OPS_ENV, then local)' },
  'dry-run': { type: 'boolean', description: 'Show exactly what would change; change nothing' },
  confirm: {
    type: 'string',
    value: 'ENVIRONMENT',
    description: 'Name the environment once more, for severe acts outside local (or OPS_CONFIRM)',
  },
  'lock-wait': {
    type: 'duration',
    value: 'TIME',
    description: "How long to wait for another run's lock (default: the configuration's, 60s)",
  },
  json: { type: 'boolean', description: 'One JSON document on stdout instead of text' },
  quiet: { type: 'boolean', short: 'q', description: 'Print nothing unless something is wrong' },
  verbose: { type: 'boolean', short: 'v', description: 'Print more' },
  'no-input': { type: 'boolean', description: 'Never prompt, not even on a terminal' },
} as const satisfies OptionSpecs;

export type CommonValues = OptionValues<typeof commonOptions>;
