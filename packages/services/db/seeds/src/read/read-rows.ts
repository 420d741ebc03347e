import type { Hash } from 'node:crypto';
import type { Format } from '../data-set.ts';
import type { Report } from '../problems.ts';
import { decodeText } from './decode-text.ts';
import { readCsv } from './read-csv.ts';
import { readJson } from './read-json.ts';
import { readNdjson } from './read-ndjson.ts';
import type { FileRow } from './row.ts';

const readers = { json: readJson, ndjson: readNdjson, csv: readCsv };

/** The rows of a file, some hundreds at a time, in flat memory. What is wrong is reported; `hash` sees every byte read. */
export async function* readRows(path: string, format: Format, hash: Hash, report: Report): AsyncGenerator<FileRow[]> {
  let isCut = false;
  const cut: Report = (place, text) => {
    isCut = true;
    report(place, text);
  };
  // after a byte that cannot be read the reader sees a file that ends too early; that is no news
  const news: Report = (place, text) => {
    if (!isCut) report(place, text);
  };
  yield* readers[format](decodeText(path, hash, cut), news);
}
