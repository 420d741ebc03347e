import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Secret } from '@opsgraph/secrets';
import { base62, randomBase62 } from './base62.ts';

/** 10 digits name the key (60 bits), 30 are the secret (178 bits), 6 check both. */
const shape = /^([a-z][a-z0-9]{1,15})_([0-9A-Za-z]{10})([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/;
const longest = 16 + 1 + 46;

export interface NewKey {
  /** `sim_` and 46 letters and digits; shown once, stored nowhere. */
  secret: Secret;
  /** The part that may be seen: names the key in lists and logs. */
  publicId: string;
  sha256: Buffer;
}

/** A new random key. The last six digits are the CRC-32 of what comes before them, as GitHub's tokens have it. */
export function makeKey(prefix: string): NewKey {
  const publicId = randomBase62(10);
  const body = `${prefix}_${publicId}${randomBase62(30)}`;
  const text = `${body}${base62(crc32(body))}`;
  return { secret: new Secret('service account key', text), publicId, sha256: sha256(text) };
}

/**
 * The public id of a text that has the shape and the check digits of a key;
 * undefined for anything else, whatever it is. Needs no database, so a scanner
 * can use it to tell a key from a lookalike.
 */
export function keyId(presented: unknown): string | undefined {
  if (typeof presented !== 'string' || presented.length > longest) return undefined;
  const [, , publicId, , check] = shape.exec(presented) ?? [];
  return publicId !== undefined && base62(crc32(presented.slice(0, -6))) === check ? publicId : undefined;
}

export function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
