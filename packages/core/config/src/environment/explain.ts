import type { Leaf } from '../declare/key.ts';
import type { SecretReference } from '../secrets/secret-reference.ts';
import type { Variables } from './variables.ts';

/** One key, for people who ask where its value came from. */
export interface Explained {
  /** Dotted name: `database.lockTimeout`. */
  key: string;
  /** As it was written; of a secret only where it is. `not set` when there is none. */
  value: string;
  /** `process environment DATABASE_URL`, `config/.env.staging:3`, `config/staging.ts`, `default`. */
  source: string;
  /** The environment variable that overrides the file. */
  variable: string | undefined;
  description: string;
  isSecret: boolean;
  /** Whether there is a value; for a secret, whether a variable it refers to is set. */
  isSet: boolean;
}

export function explainLeaf(leaf: Leaf, variables: Variables): Explained {
  const { key, spec, source } = leaf;
  const common = {
    key,
    variable: spec.variable,
    description: spec.description,
    isSecret: spec.isSecret,
  };
  if (leaf.raw === undefined) return { ...common, value: 'not set', source, isSet: false };
  if (!spec.isSecret) return { ...common, value: written(leaf.raw), source, isSet: true };
  const { written: shown, isSet } = leaf.value as SecretReference;
  const referred = /^env:(.*)$/s.exec(String(leaf.raw))?.[1];
  const through =
    source.startsWith('config/.env.') || source.startsWith('process') || referred === undefined
      ? undefined
      : variables(referred)?.source;
  return {
    ...common,
    value: secretText(shown, isSet),
    source: through === undefined ? source : source === 'default' ? through : `${source} → ${through}`,
    isSet,
  };
}

function secretText(shown: string, isSet: boolean): string {
  if (!isSet) return `${shown} (not set)`;
  if (shown.startsWith('file:')) return `${shown} (read when used)`;
  if (shown.startsWith('cmd:')) return `${shown} (run when used)`;
  return shown;
}

function written(raw: unknown): string {
  return typeof raw === 'string' ? raw : JSON.stringify(raw);
}
