import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type ExitName, exitCodes } from '@opsgraph/errors';

export interface ErrorCode {
  code: string;
  /** Exit codes it ends a task with, ascending; more than one where it depends on what was met. */
  exits: number[];
  /** Who throws it: a package, or the folder of a domain in tasks/. */
  packages: string[];
  /** The fact it states, with … for what differs from case to case. Empty where it is composed elsewhere. */
  message: string;
}

/**
 * Every code of an OpsError in the sources, sorted by name. Read from the text: a code is always a literal beside its
 * `exit`, because a reader who searches for it must find the place that throws it.
 */
export function errorCodes(root: string): ErrorCode[] {
  const found = new Map<string, ErrorCode>();
  for (const { path, folder } of sourceFiles(root)) {
    for (const { codes, exits, message } of errorsIn(readFileSync(path, 'utf8'))) {
      for (const code of codes) {
        const known = found.get(code) ?? { code, exits: [], packages: [], message: '' };
        found.set(code, {
          code,
          exits: [...new Set([...known.exits, ...exits])].sort((a, b) => a - b),
          packages: [...new Set([...known.packages, folder])].sort(),
          message: known.message || message,
        });
      }
    }
  }
  return [...found.values()].sort((a, b) => a.code.localeCompare(b.code));
}

/** Not tests, which throw what nobody meets. */
function* sourceFiles(root: string): Generator<{ path: string; folder: string }> {
  for (const file of globSync(['packages/**/src/**/*.ts', 'tasks/*/**/*.ts'], { cwd: root, exclude })) {
    const folder = file.startsWith('tasks/') ? dirname(file).split('/').slice(0, 2).join('/') : packageOf(file);
    yield { path: join(root, file), folder };
  }
}

const exclude = ['**/node_modules', '**/test', '**/bench', '**/fixtures'];

/** `packages/services/db/seeds/src/write/set.ts` is of seeds. */
function packageOf(file: string): string {
  return basename(file.slice(0, file.indexOf('/src/')));
}

/** The object literals of a source text that have both a code in capitals and an exit. */
function* errorsIn(text: string): Generator<{ codes: string[]; exits: number[]; message: string }> {
  for (const match of text.matchAll(/\bcode:\s*([^\n]*'[A-Z][A-Z0-9_]+'[^\n]*)/g)) {
    const object = objectAround(text, match.index);
    const exit = /\bexit:\s*([^\n]*)/.exec(object)?.[1] ?? '';
    const names = [...exit.matchAll(/'(\w+)'/g)].flatMap(([, name]) => (name! in exitCodes ? [name as ExitName] : []));
    if (names.length === 0) continue;
    const codes = [...match[1]!.matchAll(/'([A-Z][A-Z0-9_]+)'/g)].map(([, code]) => code!);
    yield { codes, exits: names.map((name) => exitCodes[name]), message: messageOf(object) };
  }
}

/** From the brace that opens before `index` to the one that closes it. */
function objectAround(text: string, index: number): string {
  let depth = 0;
  let begin = index;
  while (begin > 0 && depth <= 0) {
    begin -= 1;
    if (text[begin] === '}') depth -= 1;
    else if (text[begin] === '{') depth += 1;
  }
  let end = begin;
  depth = 0;
  do {
    if (text[end] === '{') depth += 1;
    else if (text[end] === '}') depth -= 1;
    end += 1;
  } while (depth > 0 && end < text.length);
  return text.slice(begin, end);
}

/** The literals of the message, when it is one of several: `a / b`. */
function messageOf(object: string): string {
  const written = /\bmessage:\s*([\s\S]*?)(?=,\n\s*(?:\w+:|\w+,|\.\.\.|\})|\s*\}$|,\s*\w+:\s)/.exec(object)?.[1] ?? '';
  const literals = withoutPlaceholders(written).match(/'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*"/g) ?? [];
  const sentences = literals.map((literal) => literal.slice(1, -1).replaceAll(/\\(.)/g, '$1').trim());
  return sentences.filter((sentence) => /[a-z]{2}.* /.test(sentence)).join(' / ');
}

/** `${…}` may hold braces and templates of its own: cut by depth. */
function withoutPlaceholders(template: string): string {
  let text = '';
  let depth = 0;
  for (let index = 0; index < template.length; index += 1) {
    if (depth === 0 && template.startsWith('${', index)) {
      text += '…';
      depth = 1;
      index += 1;
    } else if (depth === 0) text += template[index];
    else if (template[index] === '{') depth += 1;
    else if (template[index] === '}') depth -= 1;
  }
  return text;
}
