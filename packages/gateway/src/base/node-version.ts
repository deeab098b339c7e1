/** The versions of Node that the gateway runs on. Imports nothing, so that it also runs on those that are too old. */

/** The oldest version, as `engines` of package.json says: the first with SQLite and without a flag for it. */
export const OLDEST_NODE = '22.13';

/** This version of Node is too old. The message names it and the oldest one that works. */
export class UnsupportedNodeError extends Error {
  override readonly name = 'UnsupportedNodeError';
  readonly isForOperator = true;
}

/**
 * Without this check, a gateway on an older Node starts, and then each message fails.
 * @param version default: that of this process
 * @throws {UnsupportedNodeError}
 */
export function checkNodeVersion(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE.split('.').map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new UnsupportedNodeError(
    `The gateway needs Node ${OLDEST_NODE} or newer, and this is Node ${version}; install a newer one, from nodejs.org or with your version manager.`,
  );
}
