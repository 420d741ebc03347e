import { stemOf } from './list-files.ts';

/** Whether a person means this migration: by its name, with or without extension, or by the number it begins with. */
export function isNamed({ stem, name }: { stem: string; name: string }, wanted: string): boolean {
  return (
    [name, stem].includes(wanted) || stem === stemOf(wanted) || (/^\d+$/.test(wanted) && stem.startsWith(`${wanted}_`))
  );
}
