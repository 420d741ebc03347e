/**
 * How long to rest after a batch so that of the time as much is work as is
 * allowed. Others get the rest: the disk, a core, the locks on these rows.
 *
 * @param milliseconds that the batch took
 * @param load how much of the time is work, in percent from 1 to 100
 */
export function restAfter(milliseconds: number, load: number): number {
  return milliseconds * (100 / load - 1);
}
