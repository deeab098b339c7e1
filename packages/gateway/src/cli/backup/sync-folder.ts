/** Names in a folder that survive a power cut. */
import { open } from 'node:fs/promises';

/** Resolves when the names in the folder are on the disk. @throws {Error} with a system code when the disk refuses */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
