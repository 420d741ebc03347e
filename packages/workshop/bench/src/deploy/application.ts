import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { writeFiles } from '../project.ts';
import { runProcess } from '../run-process.ts';

const files = 300;
const bytes = 10_000;
/** Of the files, those that differ in each version. */
const changing = 3;

export const size = `${files} files, ${Math.round((files * bytes) / 1e6)} MB; ${changing} of them change with each version`;

/** A small service with a heap of files beside it, as a built application has them; paths from its root. */
export function applicationFiles(version: number): Record<string, string> {
  const data = Array.from({ length: files - 2 }, (_, index): [string, string] => {
    const own = index < changing - 1 ? `${index} of version ${version}` : `${index}`;
    return [`src/part-${index % 20}/data-${index}.txt`, `${own}\n`.padEnd(bytes, pseudoRandom(index))];
  });
  return {
    'package.json': '{"type":"module"}\n',
    'src/main.mjs': `import { createServer } from 'node:http';
const { RELEASE, PORT } = process.env;
createServer((_, response) => response.end(JSON.stringify({ release: RELEASE, version: ${version} })))
  .listen(Number(PORT), '127.0.0.1');
`,
    ...Object.fromEntries(data),
  };
}

export interface Packed {
  name: string;
  /** All files, with their checksums in SHA256SUMS. */
  archive: string;
  /** Only what is not as in the version before. */
  changed: string;
}

/** The same for those who have no release of ours: archives of a version. */
export async function packForPeers(directory: string, version: number): Promise<Packed> {
  const name = `version-${version}`;
  const root = join(directory, name);
  const own = applicationFiles(version);
  const sums = Object.entries(own).map(
    ([path, content]) => `${createHash('sha256').update(content).digest('hex')}  ${path}\n`,
  );
  await writeFiles(root, { ...own, SHA256SUMS: sums.join('') });
  const former = applicationFiles(version - 1);
  const paths = Object.keys(own).filter((path) => own[path] !== former[path]);
  const pack = async (archive: string, what: readonly string[]): Promise<string> => {
    await runProcess(['tar', '-cf', archive, ...what], { directory: root, env: { PATH: process.env['PATH'] } });
    return archive;
  };
  return {
    name,
    archive: await pack(`${root}.tar`, ['package.json', 'src', 'SHA256SUMS']),
    changed: await pack(`${root}-changed.tar`, [...paths, 'SHA256SUMS']),
  };
}

/** Text that does not compress to nothing. */
function pseudoRandom(seed: number): string {
  return createHash('sha512').update(String(seed)).digest('base64');
}
