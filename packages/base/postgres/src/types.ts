import type { CustomTypesConfig } from 'pg';

const int8 = 20;

/** bigint arrives as a number while that is exact, beyond as a BigInt. Everything else as pg does it. */
export function withExactBigints(types: CustomTypesConfig): CustomTypesConfig {
  return {
    getTypeParser: (oid: number, format?: 'text' | 'binary') => {
      if (oid === int8 && format !== 'binary') {
        return (text: string) => (Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text));
      }
      return types.getTypeParser(oid, format as 'text');
    },
  };
}
