import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Secret } from '@opsgraph/secrets';
import { type Argon2Parameters, readPhc, writePhc } from './phc.ts';

const derive = promisify(argon2);

/** RFC 9106 recommends 16 bytes of salt and 32 of tag. */
const saltLength = 16;
const tagLength = 32;
/** A hash from outside must not make us take all memory: 4 GiB, argon2's own largest sensible. */
const largestMemory = 4_194_304;

/** argon2id by Node's own crypto, as a PHC string. */
export async function hashPassword(password: Secret, parameters: Argon2Parameters): Promise<string> {
  const salt = randomBytes(saltLength);
  const tag = await tagOf(password, salt, tagLength, parameters);
  return writePhc({ ...parameters, salt, tag });
}

/**
 * Whether a password is the one of a hash. `isOutdated`: it was made with
 * other parameters than today's (or is no argon2id at all, and then nothing
 * fits); a service that has just verified it hashes it again.
 */
export async function verifyPassword(
  stored: string,
  presented: Secret,
  today: Argon2Parameters,
): Promise<{ ok: boolean; isOutdated: boolean }> {
  const phc = readPhc(stored);
  if (phc === undefined || phc.memory > largestMemory) return { ok: false, isOutdated: true };
  const tag = await tagOf(presented, phc.salt, phc.tag.length, phc);
  return { ok: timingSafeEqual(tag, phc.tag), isOutdated: isOutdated(stored, today) };
}

/** Whether a stored hash was made with other parameters than `today`'s. */
export function isOutdated(stored: string, today: Argon2Parameters): boolean {
  const phc = readPhc(stored);
  if (phc === undefined) return true;
  return phc.memory !== today.memory || phc.passes !== today.passes || phc.parallelism !== today.parallelism;
}

function tagOf(
  password: Secret,
  nonce: Buffer,
  length: number,
  { memory, passes, parallelism }: Argon2Parameters,
): Promise<Buffer> {
  // NIST SP 800-63B: the same password, typed on another keyboard, must stay the same bytes.
  const message = Buffer.from(password.reveal().normalize('NFKC'));
  return derive('argon2id', { message, nonce, parallelism, tagLength: length, memory, passes });
}
