import type { CustomTypesConfig } from 'pg';
import pg from 'pg';

const int8 = 20;

/** bigint arrives as a number while that is exact, beyond as a BigInt. Everything else as pg does it. */
export const parseInt8: CustomTypesConfig['getTypeParser'] = (oid: number, format?: 'text' | 'binary') => {
  if (oid === int8 && format !== 'binary') {
    return (text: string) => (Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text));
  }
  return pg.types.getTypeParser(oid, format as 'text');
};
