import type { GenericSchema } from 'valibot';
import { Complaint } from './complaint.ts';
import { insideProject } from './inside-project.ts';
import type { Place, Valibot } from './key.ts';

/** A schema for text that `parse` turns into a value; undefined means "not as expected". */
export function parsed<Value>(
  v: Valibot,
  expected: string,
  parse: (text: string) => Value | Complaint | undefined,
): GenericSchema<unknown, Value> {
  return v.pipe(
    v.string(),
    v.rawTransform<string, Value>(({ dataset, addIssue, NEVER }) => {
      const value = parse(dataset.value);
      if (value instanceof Complaint)
        addIssue({ message: [value.text, value.remedy].filter(Boolean).join('; '), expected });
      else if (value === undefined) addIssue({ message: '', expected });
      else return value;
      return NEVER;
    }),
  );
}

/** The name of a role, database, schema or table. */
export function identifierSchema(v: Valibot): GenericSchema<unknown, string> {
  return v.pipe(v.string(), v.nonEmpty(), v.maxBytes(63), v.regex(/^[^\0]*$/));
}

export function pathForm(absolute: boolean | undefined): string {
  return absolute
    ? 'a path, absolute or from the root of the project'
    : 'a path from the root of the project, inside it';
}

/** A path from the root of the project, never out of it; its value is absolute. */
export function pathSchema(v: Valibot, place: Place, absolute: boolean | undefined): GenericSchema<unknown, string> {
  return parsed(v, pathForm(absolute), (text) => insideProject(place.root, text, absolute === true));
}
