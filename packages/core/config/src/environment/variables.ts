/** A variable that is set, and where: `process environment DATABASE_URL`, `config/.env.staging:3`. */
export interface FoundVariable {
  text: string;
  source: string;
}

/** Looks a variable up in the process environment, then in config/.env.<name>. */
export type Variables = (name: string) => FoundVariable | undefined;

/**
 * An empty value counts as not set: CI systems pass an unset secret on as an
 * empty variable.
 */
export function variablesOf(
  env: Readonly<Record<string, string | undefined>>,
  file: ReadonlyMap<string, FoundVariable>,
): Variables {
  return (name) => {
    const text = env[name];
    if (text !== undefined && text !== '') return { text, source: `process environment ${name}` };
    const found = file.get(name);
    return found?.text === '' ? undefined : found;
  };
}
