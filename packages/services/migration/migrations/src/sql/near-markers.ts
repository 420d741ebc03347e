import { editDistance } from '@opsgraph/text/nearest';
import type { SplitSql, Stretch } from './split-statements.ts';

type Direction = 'up' | 'down';

export interface NearMarker {
  offset: number;
  /** As written, without the spaces around it. */
  text: string;
  /** The section that it seems to begin; undefined: another word, or only an option. */
  direction: Direction | undefined;
  /** Written as only a marker is: `migrate:down`. Otherwise it may be a heading of the section it is in. */
  isTight: boolean;
}

/**
 * Lines and comments that look like a section marker to a person. The caller
 * has cut the text at those that are markers. Strings and dollar quotes may
 * say what they like, and so may a comment that continues in prose:
 * `-- migrate: the users to …`, `-- migrate up to ten rows`.
 */
export function findNearMarkers(sql: string, { comments, quoted }: SplitSql): NearMarker[] {
  const found: NearMarker[] = [];
  for (const [start, end] of candidates(sql, comments, quoted)) {
    const text = sql.slice(start, end).trim();
    const meant = read(text);
    if (meant !== undefined) found.push({ offset: start + sql.slice(start, end).search(/\S/), text, ...meant });
  }
  return found;
}

/** Each line that does not begin inside a string, and each comment that begins after code. */
function* candidates(sql: string, comments: readonly Stretch[], quoted: readonly Stretch[]): Iterable<Stretch> {
  let nextQuoted = 0;
  let nextComment = 0;
  for (const { 0: line, index: start } of sql.matchAll(/[^\r\n]+/g)) {
    const end = start + line.length;
    while (nextQuoted < quoted.length && quoted[nextQuoted]![1] <= start) nextQuoted += 1;
    const isQuoted = nextQuoted < quoted.length && quoted[nextQuoted]![0] < start;
    if (!isQuoted) yield [start, end];
    while (nextComment < comments.length && comments[nextComment]![0] < end) {
      const [from, to] = comments[nextComment]!;
      if (from > start && sql.slice(start, from).trim() !== '') yield [from, Math.min(to, end)];
      nextComment += 1;
    }
  }
}

/** What comes before the words: the beginning of a comment in any language, ornaments and brackets. */
const lead = /^[\s\p{Cf}\p{Pd}\u2212#/*=~+!@;.<>|()[\]{}\u2191\u2193]*/u;

/** `1. down`, `2) down`, `b: down`. */
const numbering = /^(\d+|[a-z])\s*[.):]+\s*(?=\p{L})/u;

/** What editors fold by, and how a heading may begin: `region down`, `begin of down`. */
const opening =
  /^(region|begin|start|section|part|step|block)\b[\s\p{P}\p{S}]*(\d+[\s\p{P}\p{S}]*)?((of|the)\s+)*(?=\p{L})/u;

/** A line that begins like SQL and not like a comment of any language. */
const code = /^[\s\p{Cf}]*["'()[\]{}\p{L}\p{N}_$\\]/u;

/** The first word, what comes before the second, the second, and the rest. */
const parts = /^(\p{L}+)([^\p{L}\p{N}]*)(\p{L}*)(.*)$/u;

function read(text: string): Omit<NearMarker, 'offset' | 'text'> | undefined {
  const isCode = code.test(text);
  const line = text
    .normalize('NFKC')
    .replaceAll(/\p{Cf}/gu, '')
    .replace(lead, '')
    .toLowerCase();
  const words = isCode ? line : line.replace(numbering, '').replace(opening, '');
  const [, head, between, word, rest] = parts.exec(words.replace(/^migrate(?=(up|down)\b)/, 'migrate ')) ?? [];
  if (head === undefined || between === undefined || word === undefined || rest === undefined) return undefined;
  const direction = directionOf(word);
  if (isCode)
    return isMigrate(head) && between.trim() === ':' && direction !== undefined
      ? { direction, isTight: true }
      : undefined;
  if (isOption.test(words)) return { direction: undefined, isTight: true };
  if (isMigrate(head)) {
    if (between.endsWith(':') && word !== '' && (head === 'migrate' || direction !== undefined))
      return { direction, isTight: true };
    return direction !== undefined && isRestOfMarker(rest) ? { direction, isTight: false } : undefined;
  }
  // `-- Down Migration` of node-pg-migrate, `# --- !Downs` of Play, `-- //@UNDO` of MyBatis, and the bare word.
  const direct = /^ups?$/.test(head) ? 'up' : isDown.test(head) ? 'down' : undefined;
  const isAlone = isNoun.test(word) ? isRestOfMarker(rest) : !/[\p{L}\p{N}]/u.test(words.slice(head.length));
  return direct !== undefined && isAlone ? { direction: direct, isTight: false } : undefined;
}

/** On a line of its own it switches nothing. */
const isOption = /^(transaction\s*[:=]\s*(true|false|on|off|yes|no)|(migrate|goose)\W*no\W*transaction)\W*$/;

const isDown = /^(downs?|downgrade|rollback|revert|undo)$/;

const isNoun = /^(migrations?|scripts?|sections?|sql)$/;

const heads = new Set(['migration', 'migrations', 'dbmate', 'goose', 'micrate']);

function isMigrate(head: string): boolean {
  return heads.has(head) || (head.length >= 5 && editDistance(head, 'migrate') <= 2);
}

/** Letters left out, doubled or exchanged count as the word. */
function directionOf(word: string): Direction | undefined {
  if (/^(up|ups|upp|pu)$/.test(word)) return 'up';
  if (/^(rollback|revert|undo)$/.test(word)) return 'down';
  const isTwisted = /^d/.test(word) && [...word].toSorted().join('') === 'dnow';
  return isTwisted || editDistance(word, 'down') <= 1 ? 'down' : undefined;
}

/** Nothing, options, ornaments, or a colon and more; not prose. */
function isRestOfMarker(rest: string): boolean {
  return /^\W*((no-?transaction|transaction\W.*)\W*)?$/.test(rest) || /^\s*[^\s\p{L}\p{N}_]+(\s|$)/u.test(rest);
}
