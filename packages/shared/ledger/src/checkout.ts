import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The root of the Opsgraph that this program is part of. */
export const checkout = join(import.meta.dirname, '..', '..', '..', '..');

/** Its version, as package.json says. */
export function programVersion(): string {
  return (JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string }).version;
}
