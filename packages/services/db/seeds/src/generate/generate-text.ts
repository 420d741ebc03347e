import type { Hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { OpsError } from '@opsgraph/errors';
import type { Generate } from '../data-set.ts';
import { createRandom } from './random.ts';

/** In UTF-16 units; also how often others get a turn. */
const chunkSize = 64 * 1024;

/**
 * The rows of a generated set as a file of JSON lines would have them, in
 * pieces; every byte also goes into `hash`. Only as many rows are asked for as
 * fill a piece.
 *
 * @throws OpsError SEED_GENERATOR_FAILED (78) when the function throws
 */
export async function* generateText(set: string, { seed, rows }: Generate, hash: Hash): AsyncGenerator<string> {
  let text = '';
  let count = 0;
  try {
    for await (const row of rows(createRandom(seed))) {
      count += 1;
      // a row that is undefined has no text; null says the same
      text += `${JSON.stringify(row, exactly) ?? 'null'}\n`;
      if (text.length < chunkSize) continue;
      hash.update(text);
      yield text;
      text = '';
      await setImmediate();
    }
  } catch (cause) {
    if (cause instanceof OpsError) throw cause;
    throw new OpsError({
      code: 'SEED_GENERATOR_FAILED',
      exit: 'configuration',
      message: `the rows of ${set} cannot be generated (after ${count}): ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'correct its generate.rows in seeds.ts; nothing was written',
      cause,
    });
  }
  hash.update(text);
  if (text !== '') yield text;
}

const json = JSON as typeof JSON & { rawJSON(text: string): object };

/** What JSON.stringify would silently lose or refuse. */
function exactly(this: unknown, key: string, value: unknown): unknown {
  const raw = (this as Record<string, unknown>)[key];
  if (raw instanceof Date && Number.isNaN(raw.getTime())) throw new TypeError(`${key} is an invalid date`);
  switch (typeof value) {
    case 'bigint':
      return json.rawJSON(String(value));
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'function':
    case 'symbol':
      throw new TypeError(`${key} is a ${typeof value}`);
  }
  return value;
}
