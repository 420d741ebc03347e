import { OpsError } from '@opsgraph/errors';
import type { Secret } from '@opsgraph/secrets';

const longest = 1024;

/**
 * Refuses a password that would be guessed: too short, on the list of the
 * passwords people use most, made of one character, or the address itself.
 *
 * @throws OpsError PASSWORD_WEAK (65) with every reason; never the password
 */
export async function requireStrength(password: Secret, minimumLength: number, email: string): Promise<void> {
  const text = password.reveal().normalize('NFKC');
  const length = [...text].length;
  const problems = [
    ...(length < minimumLength ? [`it has ${length} characters, at least ${minimumLength} are needed`] : []),
    ...(length > longest ? [`it has ${length} characters, at most ${longest} are allowed`] : []),
    ...(/\p{Cc}/u.test(text) ? ['it has control characters, which cannot be typed'] : []),
    ...(new Set(text).size <= 2 ? ['it repeats one or two characters'] : []),
    ...(containsAddress(text, email) ? ['it is made from the e-mail address'] : []),
    ...((await isCommon(text)) ? ['it is one of the passwords that are tried first'] : []),
  ];
  if (problems.length === 0) return;
  throw new OpsError({
    code: 'PASSWORD_WEAK',
    exit: 'badData',
    message: 'this password is too weak',
    problems,
    hint: 'generate one (leave out --password-from), or choose a longer one: four random words will do',
  });
}

/** With the digits and signs at its ends, or without: password2024! is as common as password. */
async function isCommon(text: string): Promise<boolean> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  const common = new Set(dictionary['passwords-common'] as readonly string[]);
  const small = text.toLowerCase();
  const core = small.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  return common.has(small) || (core.length >= 4 && common.has(core) && text.length - core.length <= 8);
}

function containsAddress(text: string, email: string): boolean {
  const small = text.toLowerCase();
  const local = email.slice(0, email.lastIndexOf('@'));
  return (
    small.includes(email) ||
    (local.length >= 4 && small.replaceAll(/[^\p{L}]/gu, '') === local.replaceAll(/[^\p{L}]/gu, ''))
  );
}
