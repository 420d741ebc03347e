import { randomBytes } from 'node:crypto';

/** What every scratch database's name begins with: nobody else's may. */
export const scratchPrefix = 'opsgraph_scratch_';

/** `opsgraph_scratch_<seconds since 1970>_<random>`: a name tells how old its database is. */
export function scratchName(seconds: number): string {
  return `${scratchPrefix}${Math.floor(seconds)}_${randomBytes(6).toString('hex')}`;
}
