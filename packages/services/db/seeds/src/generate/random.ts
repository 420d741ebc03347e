import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Drawn numbers: the same ones in the same order for the same seed, on every machine. */
export interface Random {
  /** From 0 up to, and without, 1. */
  fraction(): number;
  /** A whole number; both ends can come. */
  integer(from: number, to: number): number;
  /** true that often: 0.2 is one time in five. */
  chance(probability: number): boolean;
  /** @throws RangeError when the list is empty */
  pick<Item>(list: readonly Item[]): Item;
}

export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const fraction = (): number => uniformFloat64(generator);
  const integer = (from: number, to: number): number => {
    if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && from <= to))
      throw new RangeError(`integer(${from}, ${to}): expected two whole numbers, the smaller one first`);
    return uniformInt(generator, from, to);
  };
  return {
    fraction,
    integer,
    chance: (probability) => fraction() < probability,
    pick: (list) => {
      if (list.length === 0) throw new RangeError('pick: the list is empty');
      return list[integer(0, list.length - 1)]!;
    },
  };
}
