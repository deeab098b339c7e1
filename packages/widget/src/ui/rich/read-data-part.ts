/** A data part of a standard name, checked. */
import { readStandardData, type DataPart, type StandardData } from '@rivulet/protocol';

const known = new WeakMap<DataPart, StandardData | null>();

/** @returns undefined for another name, and for a value of another shape; the same object for the same part */
export function readDataPart(part: DataPart): StandardData | undefined {
  const before = known.get(part);
  if (before !== undefined) return before ?? undefined;
  const read = readStandardData(part.name, part.value);
  known.set(part, read ?? null);
  return read;
}
