import { OpsError } from '@opsgraph/errors';
import type { Session } from '@opsgraph/postgres';
import type { Secret } from '@opsgraph/secrets';
import { type Delivery, provisionServiceAccount, rotateServiceAccount, verifyKey } from '../src/index.ts';
import { here } from './support.ts';

export const day = 86_400_000;
const stdout: Delivery = { to: 'stdout', isLogged: false };
export const name = 'importer';
export const read = 'simulations:read';
export const write = 'simulations:write';
export const base = { ...here, name, delivery: stdout };

export const provision = (session: Session, change: object = {}) =>
  provisionServiceAccount(session, { ...base, scopes: [read], lifetime: 'keep', reinstate: false, ...change });
export const rotate = (session: Session, change: object = {}) =>
  rotateServiceAccount(session, { ...base, overlap: day, ...change });
export const keyOf = ({ reveal }: { reveal?: { secret: Secret } }) => reveal!.secret.reveal();
export const reason = async (session: Session, key: string, scope = read) => {
  const verified = await verifyKey(session, key, scope);
  return verified.ok ? 'ok' : verified.reason;
};
export const keys = (session: Session) =>
  session.query<{ days: number | null; delivered: boolean; revoked: boolean }>(
    `SELECT round(extract(epoch FROM expires_at - now()) / 86400)::int AS days, delivered_at IS NOT NULL AS delivered,
            revoked_at IS NOT NULL AS revoked FROM service_account_keys ORDER BY id`,
  );

/** A secret manager: keeps what it is handed, or fails. */
export function vault(fails = false) {
  const kept: string[] = [];
  const hand = async (secret: Secret) => {
    if (fails) throw new OpsError({ code: 'SECRET_NOT_TAKEN', exit: 'remote', message: 'the vault is sealed' });
    kept.push(secret.reveal());
  };
  return { kept, delivery: { to: 'command', check: async () => {}, hand } satisfies Delivery };
}
