/** The names behind `env:` anywhere in a configuration, however deep. */
export function referredVariables(value: unknown): string[] {
  if (typeof value === 'string') return value.startsWith('env:') ? [value.slice('env:'.length)] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(referredVariables) : [];
}
