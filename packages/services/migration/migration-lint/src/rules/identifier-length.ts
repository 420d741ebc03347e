import type { Rule } from '../rule.ts';

/** NAMEDATALEN - 1. */
const limit = 63;
/** A quoted or plain name; strings, dollar quotes and comments are matched to be passed over. */
const token =
  /'[^']*(?:''[^']*)*'|\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\/|"([^"]*(?:""[^"]*)*)"|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)/g;

export const identifierLength: Rule = {
  name: 'identifier-length',
  summary: 'A name of more than 63 bytes is cut, and may then mean something else',
  *check({ text, start }) {
    if (text.length <= limit) return;
    for (const found of text.matchAll(token)) {
      const name = found[2]?.replaceAll('""', '"') ?? found[3];
      if (name === undefined || Buffer.byteLength(name) <= limit) continue;
      yield {
        at: start + Buffer.byteLength(text.slice(0, found.index)),
        message: `the name has ${Buffer.byteLength(name)} bytes; the server cuts it after ${limit}, so two such names may be one`,
        blocks: 'code that compares the full name: catalogues, IF NOT EXISTS',
        lasts: 'lasting',
      };
    }
  },
};
