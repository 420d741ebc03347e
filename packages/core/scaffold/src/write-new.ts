import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OpsError } from '@opsgraph/errors';

export interface ScaffoldInput {
  /** The checkout. */
  root: string;
  /** For pnpm and the generator. */
  env: Readonly<Record<string, string | undefined>>;
  dryRun: boolean;
  signal: AbortSignal;
  info(message: string): void;
}

export interface NewFile {
  /** From the root. */
  path: string;
  content: string;
  /** pnpm or `pnpm generate` writes into it afterwards, so that only its being there counts. */
  isKeptByOthers?: boolean;
}

export interface Scaffolded {
  /** Files that were written, or in a dry run would be; empty when all were there. */
  written: string[];
}

/**
 * Writes those files that are not there. One that is there with the same
 * content is none to worry about: this was run before, perhaps not to its end.
 *
 * @throws OpsError SCAFFOLD_EXISTS (77) with every file that has other content; nothing is written then
 */
export function writeNew({ root, dryRun }: ScaffoldInput, files: readonly NewFile[]): Scaffolded {
  const other = files.filter(
    ({ path, content, isKeptByOthers }) =>
      existsSync(join(root, path)) && !isKeptByOthers && readFileSync(join(root, path), 'utf8') !== content,
  );
  if (other.length > 0) {
    throw new OpsError({
      code: 'SCAFFOLD_EXISTS',
      exit: 'refused',
      message: `${other.length === 1 ? 'a file is' : `${other.length} files are`} there already, with other content; nothing was written`,
      problems: other.map(({ path }) => path),
      hint: 'choose another name, or go on with what is there',
    });
  }
  const missing = files.filter(({ path }) => !existsSync(join(root, path)));
  for (const { path, content } of dryRun ? [] : missing) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    // Not over one that somebody made in this moment.
    writeFileSync(join(root, path), content, { flag: 'wx' });
  }
  return { written: missing.map(({ path }) => path) };
}
