import { existsSync, writeFileSync } from 'node:fs';

/** undefined where it is not installed. */
export const faketime = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`)
  .find(existsSync);

const base = { LD_PRELOAD: faketime, DONT_FAKE_MONOTONIC: '1' };

/** The environment of a process that believes it is another time; how fast it passes stays as it is. */
export const clock = (offset: string) => ({ ...base, FAKETIME: offset });

/** The same, and its clock can be set while it runs. */
export function settableClock(file: string) {
  const set = (offset: string): void => writeFileSync(file, offset);
  set('+0');
  return { env: { ...base, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1' }, set };
}
