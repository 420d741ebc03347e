import { Complaint } from '../declare/complaint.ts';

/**
 * A command line as argv, by the shell's rules for words and quotes and no
 * others: nothing is expanded, piped or redirected. What a shell would treat
 * in its own way must be quoted, so that nobody expects a shell.
 */
export function splitWords(line: string): string[] | Complaint {
  const words: string[] = [];
  let word: string | undefined;
  for (let index = 0; index < line.length; index += 1) {
    const character = line[index]!;
    if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === "'" || character === '"') {
      const quoted = character === "'" ? singleQuoted(line, index) : doubleQuoted(line, index);
      if (quoted instanceof Complaint) return quoted;
      word = (word ?? '') + quoted.text;
      index = quoted.end;
    } else if (character === '\\') {
      if (index + 1 >= line.length) return new Complaint('ends with a backslash');
      index += 1;
      word = (word ?? '') + line[index]!;
    } else if ('|&;<>()$`*?'.includes(character)) {
      return new Complaint(
        `has ${character} outside quotes, but runs without a shell`,
        'quote it, or put the command into a script',
      );
    } else {
      word = (word ?? '') + character;
    }
  }
  if (word !== undefined) words.push(word);
  return words.length === 0 ? new Complaint('names no program') : words;
}

function singleQuoted(line: string, start: number): { text: string; end: number } | Complaint {
  const end = line.indexOf("'", start + 1);
  return end === -1 ? new Complaint("has a ' that is not closed") : { text: line.slice(start + 1, end), end };
}

function doubleQuoted(line: string, start: number): { text: string; end: number } | Complaint {
  let text = '';
  for (let index = start + 1; index < line.length; index += 1) {
    const character = line[index]!;
    if (character === '"') return { text, end: index };
    if (character === '$' || character === '`')
      return new Complaint(`has ${character} in double quotes, but runs without a shell`, 'use single quotes');
    if (character === '\\' && '"\\$`'.includes(line[index + 1] ?? ' ')) index += 1;
    text += line[index]!;
  }
  return new Complaint('has a " that is not closed');
}
