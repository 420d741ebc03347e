import { domainToASCII } from 'node:url';
import { OpsError } from '@opsgraph/errors';
import { describeText } from '../describe-text.ts';

/** The characters RFC 5322 allows in a local part without quotes. */
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const domainPart = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/**
 * An address in the one way it is stored and compared: without surrounding
 * blanks, in small letters. Only ASCII: an account with rights must not be
 * mistaken for another one because a letter of another script looks the same.
 *
 * @throws OpsError EMAIL_INVALID (65)
 */
export function normaliseEmail(text: string): string {
  const trimmed = text.replaceAll(/^ +| +$/g, '');
  const problem = problemOf(trimmed);
  if (problem === undefined) return trimmed.toLowerCase();
  throw refused(text, problem);
}

/**
 * An address as a table may have it, to shut its user out or let them in
 * again: any letters, since it gives nobody more rights than they had.
 *
 * @throws OpsError EMAIL_INVALID (65)
 */
export function addressInTable(text: string): string {
  const trimmed = text.trim();
  const hidden = /[\p{C}\p{Z}]/u.exec(trimmed)?.[0];
  if (hidden !== undefined) throw refused(text, `${codePoint(hidden)} is invisible or not allowed in addresses`);
  if (trimmed === '' || trimmed.length > 1000) throw refused(text, 'it is empty or far too long');
  return trimmed;
}

function refused(text: string, problem: string): OpsError {
  return new OpsError({
    code: 'EMAIL_INVALID',
    exit: 'badData',
    message: `${describeText(text)} is not accepted as an e-mail address: ${problem}`,
    hint: 'write it like ana@example.org; a domain with other letters in its xn-- form',
  });
}

function problemOf(text: string): string | undefined {
  if (text === '') return 'it is empty';
  const foreign = /[^ -~]/u.exec(text)?.[0];
  if (foreign !== undefined) {
    const code = codePoint(foreign);
    return /\p{L}/u.test(foreign)
      ? `${code} is a letter that may look like another one`
      : `${code} is invisible or not allowed in addresses`;
  }
  if (text.length > 254) return 'it is longer than 254 characters';
  const at = text.lastIndexOf('@');
  if (at === -1) return 'it has no @';
  const local = text.slice(0, at).toLowerCase();
  const domain = text.slice(at + 1).toLowerCase();
  if (local.length > 64 || !localPart.test(local)) return 'the part before the @ is not a valid local part';
  if (!domainPart.test(domain) || domainToASCII(domain) !== domain) return 'the part after the @ is not a domain';
  if (!domain.includes('.') && domain !== 'localhost') return 'the domain has no dot';
  return undefined;
}

function codePoint(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
