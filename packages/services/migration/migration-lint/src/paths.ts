import type { Node, RangeVar } from 'libpg-query';

/** `public` is what an unqualified name means unless somebody says otherwise. */
export function path(relation: RangeVar | undefined): string {
  return `${relation?.schemaname ?? 'public'}.${relation?.relname}`;
}

export function dotted(names: readonly Node[] | undefined): string {
  const words = (names ?? []).map((name) => ('String' in name ? (name.String.sval ?? '') : ''));
  return words.length === 1 ? `public.${words[0]}` : words.slice(-2).join('.');
}
