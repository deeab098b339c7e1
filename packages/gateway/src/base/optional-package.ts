/** Packages that only some configurations need: they are loaded when an adapter is created, not when the gateway is imported. */
import { createRequire } from 'node:module';

const requireFrom = createRequire(import.meta.url);

/** A package that the configuration needs is not installed. The message names it and the command that installs it. */
export class MissingPackageError extends Error {
  /** The name of the package. */
  readonly packageName: string;

  constructor(packageName: string, purpose: string, cause?: unknown) {
    super(`${purpose} needs the package ${packageName}, which is not installed: npm install ${packageName}`, {
      cause,
    });
    this.name = 'MissingPackageError';
    this.packageName = packageName;
  }
}

/**
 * Loads an optional peer dependency, synchronously.
 * @param purpose begins the sentence of the error, such as `The Postgres store`
 * @returns the module; the caller states its type, which the package's own types describe
 * @throws {MissingPackageError} when the package is not installed
 */
export function requireOptional(packageName: string, purpose: string): unknown {
  try {
    return requireFrom(packageName);
  } catch (error) {
    if (isMissing(error, packageName)) throw new MissingPackageError(packageName, purpose, error);
    throw error;
  }
}

/** Whether an optional package can be loaded; it is not loaded. */
export function hasPackage(packageName: string): boolean {
  try {
    requireFrom.resolve(packageName);
    return true;
  } catch {
    return false; // not installed: the caller goes on without it
  }
}

/** A package that is there and lacks one of its own dependencies is another mistake, and is reported as it is. */
function isMissing(error: unknown, packageName: string): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === 'MODULE_NOT_FOUND' &&
    error.message.includes(`'${packageName}'`)
  );
}
