import { shellWord } from '@opsgraph/terminal';

/** A command line of this domain that can be pasted, for hints. */
export function command(environment: string, script: string, ...options: string[]): string {
  const forEnvironment = environment === 'local' ? [] : ['--env', environment];
  return ['pnpm --filter users run', script, ...[...options, ...forEnvironment].map(shellWord)].join(' ');
}
