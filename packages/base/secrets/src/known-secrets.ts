import { writtenForms } from './forms.ts';

/** Secrets, and what hides them. */
export interface KnownSecrets {
  register(value: string): void;
  /** `text` with every known secret, in every written form, replaced by `***`. */
  mask(text: string): string;
  /**
   * Splits text that may continue into a masked part that is decided and a raw
   * rest that could still become (a longer) secret with what follows.
   */
  maskDecided(text: string): { masked: string; rest: string };
}

const placeholder = '***';

export function knownSecrets(): KnownSecrets {
  const known = new Set<string>();
  /** Made of what is known when it is next needed: many secrets may come one after the other. */
  let pattern: RegExp | undefined;
  let longest = 0;
  let byFirst = new Map<string, string[]>();

  function currentPattern(): RegExp | undefined {
    if (pattern !== undefined || known.size === 0) return pattern;
    // Longest first: an encoded form may contain a shorter secret.
    const forms = [...known].sort((a, b) => b.length - a.length);
    longest = forms[0]!.length;
    byFirst = Map.groupBy(forms, (form) => form[0]!);
    pattern = new RegExp(forms.map((form) => RegExp.escape(form)).join('|'), 'g');
    return pattern;
  }

  function mask(text: string): string {
    const secrets = currentPattern();
    return secrets === undefined ? text : text.replace(secrets, placeholder);
  }

  /** How many of the last characters of `text` could be the beginning of a secret. */
  function undecidedTail(text: string): number {
    for (let length = Math.min(longest - 1, text.length); length > 0; length -= 1) {
      const forms = byFirst.get(text[text.length - length]!);
      if (forms === undefined) continue;
      const tail = text.slice(-length);
      if (forms.some((form) => form.length > length && form.startsWith(tail))) return length;
    }
    return 0;
  }

  return {
    mask,
    register(value) {
      const before = known.size;
      for (const form of writtenForms(value)) known.add(form);
      if (known.size > before) pattern = undefined;
    },
    maskDecided(text) {
      const secrets = currentPattern();
      let cut = text.length - undecidedTail(text);
      // Never cut through a whole secret: hold it back with what follows it.
      for (const match of secrets === undefined ? [] : text.matchAll(secrets)) {
        if (match.index < cut && match.index + match[0].length > cut) cut = match.index;
      }
      return { masked: mask(text.slice(0, cut)), rest: text.slice(cut) };
    },
  };
}
