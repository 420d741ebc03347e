import type { Key } from '../declare/key.ts';
import { listKeys } from '../declare/list-keys.ts';
import { keyTable } from '../sections/index.ts';

/** The text of config/.env.example: every variable that overrides a key, commented out. */
export function environmentExample(): string {
  const keys = listKeys(keyTable).filter(({ spec }) => spec.variable !== undefined);
  return [
    '# Copy to config/.env.<environment>, for you alone, and fill in what you need:',
    '#   (umask 077 && cp config/.env.example config/.env.staging)',
    '# It is refused when other users can read it, and never committed.',
    '# The process environment wins over this file, this file over config/<environment>.ts.',
    '# A secret may also be a reference: file:/run/secrets/name, or cmd:program argument …',
    '# Put values with # or spaces in single quotes.',
    ...keys.flatMap(({ key, spec }) => [
      '',
      `# ${spec.description}.`,
      `# Key ${key}.${defaultOf(spec)}`,
      `#${spec.variable}=`,
    ]),
    '',
  ].join('\n');
}

function defaultOf({ defaultValue, isSecret }: Key): string {
  return isSecret || defaultValue === undefined ? '' : ` Default ${String(defaultValue)}.`;
}
