/** The version of this gateway. */
import { readFileSync } from 'node:fs';

/** Reads the version from the manifest of the package. */
export function readVersion(): string {
  const manifest = JSON.parse(
    readFileSync(new URL(import.meta.resolve('@rivulet/gateway/package.json')), 'utf8'),
  ) as { version: string };
  return manifest.version;
}
