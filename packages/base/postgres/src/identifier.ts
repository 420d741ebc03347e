/** A PostgreSQL identifier in double quotes; `schema.table` is two of them. */
export function identifier(...parts: string[]): string {
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}

/** A PostgreSQL string constant, right with standard_conforming_strings on or off. */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? ` E${quoted}` : quoted;
}
