import { boolean } from '../declare/declare.ts';
import type { Rule } from '../declare/rule.ts';

export const sandbox = boolean({
  description: 'This environment lives on this machine and may be thrown away',
  default: false,
});

/** A name that everybody reads as "the real one" must not be a sandbox. */
export const sandboxRule: Rule = ({ environmentName, value }) =>
  environmentName === 'production' && value('sandbox') === true
    ? ['sandbox (config/production.ts): production is no sandbox; remove the line']
    : [];
