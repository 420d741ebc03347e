import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

/** A table without an id: found again by its natural key. */
export const readingsTable = `CREATE TABLE readings (
  sensor text NOT NULL,
  taken_at timestamptz NOT NULL,
  value double precision NOT NULL,
  unit text NOT NULL,
  quality integer NOT NULL,
  note text,
  UNIQUE (sensor, taken_at)
)`;

const sensors = 1000;

/** The same rows as CSV and as NDJSON: a thousand sensors, one after the other each minute. */
export async function writeReadings(count: number, csv: string, ndjson: string): Promise<void> {
  const [asCsv, asNdjson] = [createWriteStream(csv), createWriteStream(ndjson)];
  asCsv.write('sensor,taken_at,value,unit,quality,note\n');
  for (let from = 0; from < count; from += 10_000) {
    const rows = Array.from({ length: Math.min(10_000, count - from) }, (_, index) => reading(from + index));
    const lines = rows.map((row) => `${Object.values(row).join(',')}\n`).join('');
    const objects = rows
      .map((row) => `${JSON.stringify({ ...row, note: row.note === '' ? null : row.note })}\n`)
      .join('');
    if (!asCsv.write(lines)) await once(asCsv, 'drain');
    if (!asNdjson.write(objects)) await once(asNdjson, 'drain');
  }
  await Promise.all([finished(asCsv.end()), finished(asNdjson.end())]);
}

function reading(n: number): Record<string, string | number> {
  const taken = new Date(Date.UTC(2025, 0, 1) + Math.floor(n / sensors) * 60_000);
  return {
    sensor: `sensor-${String(n % sensors).padStart(4, '0')}`,
    taken_at: taken.toISOString(),
    value: ((n * 7919) % 100_003) / 100,
    unit: n % 2 === 0 ? 'celsius' : 'percent',
    quality: n % 5,
    note: n % 10 === 0 ? `calibrated in step ${n}` : '',
  };
}
