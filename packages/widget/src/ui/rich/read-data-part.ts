/** Reads a data part with a standard name. */
import { readStandardData, type DataPart, type StandardData } from '@rivulet/protocol';

const known = new WeakMap<DataPart, StandardData | null>();

/**
 * Validates the value against the schema of its name.
 * @returns undefined for other names and for invalid values; the same object for the same part
 */
export function readDataPart(part: DataPart): StandardData | undefined {
  const before = known.get(part);
  if (before !== undefined) return before ?? undefined;
  const read = readStandardData(part.name, part.value);
  known.set(part, read ?? null);
  return read;
}
