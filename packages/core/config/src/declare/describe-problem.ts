import type { BaseIssue } from 'valibot';
import type { Leaf } from './key.ts';

/** A URL with a login, also where its password has characters that would have to be encoded. */
const urlWithPassword = /:\/\/[^/@:]*:.*@/s;
/** What secrets look like elsewhere: a connection string, a private key, a login without its scheme, a token, random text. */
const otherSecret =
  /(?:password|passwd|pwd|secret|token)\s*[=:]|-----BEGIN|^[^\s/@:]*:[^@]+@|^(?=\S*\d)(?=\S*[A-Za-z])[^\s/]{20,}$/i;

/** Text that anybody would call a secret, whatever key it is under. */
export function looksSecret(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(looksSecret);
  return typeof value === 'string' && urlWithPassword.test(value);
}

/** One line about a value that is not as expected: key, where it came from, what is expected, how to fix it. */
export function describeProblem({ key, source, spec }: Leaf, issue: BaseIssue<unknown>, path: string | null): string {
  const where = `${key}${path === null ? '' : `[${path}]`} (${source})`;
  if (issue.type === 'raw_transform' && issue.message !== '') return `${where}: ${issue.message}`;
  const found = spec.isSecret ? '' : `, found ${describeValue(issue.input)}`;
  return `${where}: expected ${spec.expected}${found}; for example ${spec.example}`;
}

/** A value for an error message: short, and never one with a password in it. */
export function describeValue(value: unknown): string {
  if (looksSecret(value)) return 'a URL with a password';
  if (typeof value === 'string' && otherSecret.test(value)) return 'text that may be a secret';
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
