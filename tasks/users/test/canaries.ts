import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

/** The ways in which a secret may be written: raw, base64 at any position, URL-encoded, hexadecimal. */
export function writings(secret: string): string[] {
  const encoded = [0, 1, 2].map((before) =>
    Buffer.from(`${'x'.repeat(before)}${secret}`)
      .toString('base64')
      .slice(before === 0 ? 0 : 4, -4),
  );
  const safe = encoded.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('hex'), ...encoded, ...safe];
}

/** Which of the secrets stand in a text, in any writing. One pass over the text, however many there are. */
export function sightings(text: string, secrets: readonly string[]): string[] {
  const all = secrets.flatMap((secret) => writings(secret).map((writing) => ({ secret, writing })));
  const byBeginning = Map.groupBy(all, ({ writing }) => writing.slice(0, 8));
  const seen = new Set<string>();
  for (let index = 0; index < text.length; index += 1) {
    for (const { secret, writing } of byBeginning.get(text.slice(index, index + 8)) ?? [])
      if (text.startsWith(writing, index)) seen.add(secret);
  }
  return [...seen];
}

/** The content of every file below a directory, one after the other. */
export function allFiles(directory: string): string {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

/** Looks at the command lines of all processes of this machine, again and again until it is told to end. */
export function watchCommandLines(): { end(): Promise<string> } {
  const seen = new Set<string>();
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      const { stdout } = await promisify(execFile)('ps', ['axww', '-o', 'args=']);
      for (const line of stdout.split('\n')) seen.add(line);
      await pause(20);
    }
  })();
  return {
    end: async () => {
      over.abort();
      await watching;
      return [...seen].join('\n');
    },
  };
}
