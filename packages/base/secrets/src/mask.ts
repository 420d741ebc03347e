import { knownSecrets } from './known-secrets.ts';

/** Those of this process: what it prints, logs or records passes their mask. */
export const known = knownSecrets();

/** From now on `value` is masked wherever this process prints, logs or records. */
export const register = known.register;

/** `text` with every known secret, in every written form, replaced by `***`. */
export const mask = known.mask;

/** A copy of a JSON-like value with every string in it masked, keys included. */
export function maskDeep(value: unknown): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map(maskDeep);
  if (value === null || typeof value !== 'object') return value;
  // A URL has its password in it, a Date only the time.
  if ('toJSON' in value && typeof value.toJSON === 'function') return maskDeep(value.toJSON());
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [mask(key), maskDeep(inner)]));
}
