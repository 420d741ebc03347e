import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type EnvironmentPlace, type LoadedEnvironment, loadEnvironment } from '../src/index.ts';

export interface TemporaryProject extends AsyncDisposable {
  root: string;
  path(...parts: string[]): string;
  /** Writes a file, 0600 unless told. */
  write(name: string, text: string, mode?: number): Promise<string>;
  load(env?: EnvironmentPlace['env'], name?: string): Promise<LoadedEnvironment>;
}

/** A project of its own with these files; gone with the block. */
export async function temporaryProject(files: Record<string, string> = {}): Promise<TemporaryProject> {
  const root = await mkdtemp(join(tmpdir(), 'opsgraph-config-'));
  const write = async (name: string, text: string, mode = 0o600): Promise<string> => {
    const path = join(root, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    await chmod(path, mode);
    return path;
  };
  await write('package.json', '{ "type": "module" }');
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return {
    root,
    write,
    path: (...parts) => join(root, ...parts),
    load: (env = {}, name = 'local') => loadEnvironment({ root, name, env }),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** A sandbox with these further lines inside `export default { … }`. */
export function sandbox(lines = ''): string {
  return `export default {\n  sandbox: true,\n  ${lines}\n};\n`;
}

/** The smallest valid file: everything else has a default. */
export const smallest = 'export default {};\n';
export const url = 'postgres://ana:tr0ub4dor@db.example:5432/simulations';
