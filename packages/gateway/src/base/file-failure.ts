/** Says what a failed operation on a file or a folder means, and what to do. */

/** By the code of the system. */
const FAILURES = new Map<unknown, string>([
  ['EACCES', 'this user may not write there; give the user the rights, or choose another folder'],
  ['EPERM', 'this user may not write there; give the user the rights, or choose another folder'],
  ['EROFS', 'the file system is read-only; mount it writable, or choose another folder'],
  ['ENOSPC', 'the disk is full; free some space, or choose a folder on another disk'],
  ['EDQUOT', 'the disk quota of this user is used up; free some space, or choose a folder on another disk'],
  ['ENOTDIR', 'a part of the path is a file; choose another folder'],
  ['EEXIST', 'there is a file of this name; choose another folder'],
  ['EISDIR', 'there is a folder of this name; choose another path'],
  ['ENOENT', 'it does not exist and cannot be created; check the path'],
  ['EMFILE', 'too many files are open; raise the limit of open files of this process'],
  ['EIO', 'the disk reports an error; check the disk'],
]);

/** What the failure means and what to do, with the code in parentheses. @returns undefined when it is not one of the file system */
export function describeFileFailure(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  const known = FAILURES.get(code);
  return known && `${known} (${String(code)})`;
}
