import type { TaskReport } from '@opsgraph/report';
import { Secret } from '@opsgraph/secrets';
import { type Delivery, type PreparedDelivery, prepareDelivery } from '../delivery.ts';
import { randomBase62 } from '../keys/base62.ts';
import { sha256 } from '../keys/key.ts';
import { hashPassword } from '../passwords/hash-password.ts';
import { requireStrength } from '../passwords/require-strength.ts';
import type { AccountSettings } from '../settings.ts';

/** How an administrator gets in. */
export type CredentialSource =
  | { kind: 'generated'; delivery: Delivery }
  | { kind: 'link'; delivery: Delivery }
  /** Read when it is needed: nobody is asked for a password in vain. */
  | { kind: 'given'; read(): Promise<Secret> }
  | { kind: 'none' };

/** What goes into the row, and what goes to the person. */
export interface Credential {
  passwordHash: string | undefined;
  token: { hash: Buffer; lifetime: number } | undefined;
  delivery: PreparedDelivery | undefined;
  reveal: TaskReport['reveal'];
  /** For people: `a generated password`. */
  says: string;
}

/** 40 characters have 238 bits. */
const tokenLength = 40;
/** 24 have 142 bits, and can still be typed. */
const passwordLength = 24;

/**
 * Makes or reads what a person signs in with; nothing is changed yet.
 *
 * @throws OpsError PASSWORD_WEAK (65), and what reading and delivering throw
 */
export async function makeCredential(
  source: CredentialSource,
  email: string,
  settings: AccountSettings,
): Promise<Credential> {
  const none = { passwordHash: undefined, token: undefined, delivery: undefined, reveal: undefined };
  switch (source.kind) {
    case 'none':
      return { ...none, says: 'no password' };
    case 'given': {
      const password = await source.read();
      await requireStrength(password, settings.password.minimumLength, email);
      return { ...none, passwordHash: await hashPassword(password, settings.password), says: 'the given password' };
    }
    case 'generated': {
      const password = new Secret('password', randomBase62(passwordLength));
      const delivery = await prepareDelivery(source.delivery, password);
      const reveal = delivery.isShown ? { label: `Password of ${email}`, secret: password } : undefined;
      const passwordHash = await hashPassword(password, settings.password);
      return { ...none, passwordHash, delivery, reveal, says: 'a generated password' };
    }
    case 'link': {
      const { page, lifetime } = settings.signIn;
      const text = randomBase62(tokenLength);
      const token = new Secret('sign-in token', text);
      // Behind #: browsers send that part to no server, so no access log has it.
      const shown = page === undefined ? token : new Secret('sign-in link', `${page}#token=${text}`);
      const delivery = await prepareDelivery(source.delivery, shown);
      const label = `${page === undefined ? 'One-time token' : 'One-time link'} of ${email}`;
      const reveal = delivery.isShown ? { label, secret: shown } : undefined;
      return { ...none, token: { hash: sha256(text), lifetime }, delivery, reveal, says: 'a one-time sign-in link' };
    }
  }
}
