import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Of a checkout: its later steps continue with the lease of an earlier one. A
 * number in its state directory, because the name of a machine may change
 * between two steps (DHCP), and two machines may have the same.
 */
export async function placeOf(stateDirectory: string): Promise<string> {
  return `${stateDirectory}#${await numberIn(stateDirectory)}`;
}

async function numberIn(stateDirectory: string): Promise<string> {
  const path = join(stateDirectory, 'checkout');
  const read = async (): Promise<string> => (await readFile(path, 'utf8')).trim();
  try {
    return await read();
  } catch {
    const number = randomUUID();
    const draft = `${path}.${number}`;
    try {
      await mkdir(stateDirectory, { recursive: true, mode: 0o700 });
      await writeFile(draft, `${number}\n`, { mode: 0o600 });
      // whole from the moment it has its name; another step may be faster
      await link(draft, path);
    } catch {
      // where nothing can be written the path has to do
    } finally {
      await rm(draft, { force: true });
    }
    return read().catch(() => '');
  }
}
