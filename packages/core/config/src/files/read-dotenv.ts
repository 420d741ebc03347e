import { join } from 'node:path';
import { Complaint } from '../declare/complaint.ts';
import type { FoundVariable } from '../environment/variables.ts';
import { readPrivateFile } from './read-private-file.ts';

export interface DotenvFile {
  variables: ReadonlyMap<string, FoundVariable>;
  problems: readonly string[];
}

/** Assignments as dotenv understands them; values in quotes may go over several lines. */
const assignment =
  /^[ \t]*(?:export[ \t]+)?([\w.-]+)(?:[ \t]*=[ \t]*|:[ \t]+)('(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`|[^#\r\n]*)([^\r\n]*)$/gm;

/**
 * The variables of config/.env.<name>, each with its line. No file is no
 * problem; one that other users can read is. process.env is not touched.
 */
export async function readDotenv(root: string, name: string): Promise<DotenvFile> {
  const shown = `config/.env.${name}`;
  const text = await readPrivateFile(join(root, 'config', `.env.${name}`), 0o077);
  if (text === undefined) return { variables: new Map(), problems: [] };
  if (text instanceof Complaint) {
    return {
      variables: new Map(),
      problems: [`${shown} ${text.text}${text.remedy === undefined ? '' : `; run: ${text.remedy}`}`],
    };
  }
  const { parse } = await import('dotenv');
  return describeDotenv(text, parse(text), shown);
}

/** Adds the lines to what dotenv read, and reports what it dropped silently. */
function describeDotenv(text: string, values: Record<string, string>, shown: string): DotenvFile {
  const variables = new Map<string, FoundVariable>();
  const problems: string[] = [];
  const source = (offset: number): string => `${shown}:${text.slice(0, offset).split(/\r\n|\r|\n/).length}`;
  let rest = '';
  let end = 0;
  for (const match of text.matchAll(assignment)) {
    const [whole, name = '', value = '', after = ''] = match;
    const at = source(match.index);
    // Blanked, not removed: what is left keeps its line.
    rest += text.slice(end, match.index) + whole.replace(/[^\r\n]/g, ' ');
    end = match.index + whole.length;
    if (variables.has(name)) problems.push(`${name} (${at}): set a second time; remove one of the lines`);
    if (/^['"`]/.test(value) && (value.length < 2 || value.at(-1) !== value[0]))
      problems.push(
        `${name} (${at}): the quote ${value[0]} is not closed; close it, or quote the value with another one`,
      );
    else if (/^['"`]/.test(value) && !/^\s*(#|$)/.test(after))
      problems.push(`${name} (${at}): text after the closing quote; is it the right quote?`);
    if (/^#/.test(after) && /[^ \t'"`]$/.test(value))
      problems.push(`${name} (${at}): everything after # is ignored as a comment; put the value in single quotes`);
    variables.set(name, { text: values[name] ?? '', source: at });
  }
  rest += text.slice(end);
  for (const [index, line] of rest.split(/\r\n|\r|\n/).entries()) {
    if (line.trim() !== '' && !line.trim().startsWith('#'))
      problems.push(`${shown}:${index + 1}: neither NAME=value nor a comment; correct or remove the line`);
  }
  return { variables, problems };
}
