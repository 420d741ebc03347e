import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { Secret } from '@opsgraph/secrets';

const iterations = 4096;

/**
 * The form in which PostgreSQL stores a password (RFC 5803, as in
 * pg_authid.rolpassword). CREATE ROLE accepts it, so the password itself never
 * is in a statement, the server's log or pg_stat_activity.
 */
export async function scramVerifier(password: Secret): Promise<Secret> {
  const salt = randomBytes(16);
  const salted = await promisify(pbkdf2)(password.reveal().normalize('NFKC'), salt, iterations, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  const verifier = `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
  // A weak password could be guessed from it.
  return new Secret(`the verifier of ${password.name}`, verifier);
}
