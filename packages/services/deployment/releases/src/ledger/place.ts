import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDraft } from '@opsgraph/files';

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
    try {
      await mkdir(stateDirectory, { recursive: true, mode: 0o700 });
      // another step may be faster
      await (await writeDraft(path, `${randomUUID()}\n`)).publishNew();
    } catch {
      // where nothing can be written the path has to do
    }
    return read().catch(() => '');
  }
}
