import { durationForm, parseDuration } from '@opsgraph/text/units';
import type { Complaint } from '../../declare/complaint.ts';
import type { Key, Place, Valibot } from '../../declare/key.ts';
import { parsed } from '../../declare/schemas.ts';
import { type ReferenceText, type SecretReference, secretReference } from '../../secrets/secret-reference.ts';

/** An administrator as config/<environment>.ts lists it. */
export interface AdministratorText {
  readonly email: string;
  /** Without it the account has no password until `reset-admin` gives it one. */
  readonly password?: ReferenceText;
}

export interface WantedAdministrator {
  readonly email: string;
  readonly password: SecretReference | undefined;
}

/** A service account as config/<environment>.ts lists it. */
export interface ServiceAccountText {
  readonly name: string;
  readonly scopes: readonly string[];
  /** How long each key lives; without it until it is revoked. */
  readonly expires?: string;
  /** Where its first key goes. Without it `rotate-service-account` issues one. */
  readonly keyTo?: `file:/${string}` | `cmd:${string}`;
}

export interface WantedServiceAccount {
  readonly name: string;
  readonly scopes: readonly string[];
  /** Milliseconds. */
  readonly expires: number | undefined;
  readonly keyTo: string | undefined;
}

export const administrators: Key<readonly AdministratorText[], readonly WantedAdministrator[], 'default'> = {
  ...listKey('Administrators that `users apply` creates', "[{ email: 'ana@example.org' }]"),
  expected:
    'a list of { email, password? }, the password as a reference: env:NAME, file:/path or cmd:program argument …',
  schema: (v, place) =>
    v.array(
      v.pipe(
        v.strictObject({ email: v.string(), password: v.optional(password(v, place)) }),
        v.transform(({ email, password }) => ({ email, password })),
      ),
    ),
};

export const serviceAccounts: Key<readonly ServiceAccountText[], readonly WantedServiceAccount[], 'default'> = {
  ...listKey('Service accounts that `users apply` creates', "[{ name: 'importer', scopes: ['simulations:write'] }]"),
  expected:
    'a list of { name, scopes, expires?, keyTo? }; expires is written 90d, keyTo file:/path or cmd:program argument …',
  schema: (v) =>
    v.array(
      v.pipe(
        v.strictObject({
          name: v.string(),
          scopes: v.pipe(v.array(v.string()), v.minLength(1), v.readonly()),
          expires: v.optional(parsed(v, durationForm, (text) => parseDuration(text))),
          keyTo: v.optional(v.pipe(v.string(), v.regex(/^(?:file:\/|cmd:)[^\0]+$/))),
        }),
        v.transform(({ name, scopes, expires, keyTo }) => ({ name, scopes, expires, keyTo })),
      ),
    ),
};

function password(v: Valibot, place: Place) {
  return parsed<SecretReference>(v, 'a reference to a secret', (text): SecretReference | Complaint =>
    secretReference(text, 'text', place),
  );
}

function listKey(description: string, example: string) {
  return {
    type: 'key' as const,
    description,
    example,
    present: 'default' as const,
    defaultValue: [],
    variable: undefined,
    isSecret: false,
  };
}
