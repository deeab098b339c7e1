/** The names of the settings that a schema has, for suggestions. */
import type * as v from 'valibot';

type Schema = v.GenericSchema & {
  entries?: Readonly<Record<string, Schema>>;
  item?: Schema;
  wrapped?: Schema;
  value?: Schema;
  options?: readonly Schema[];
};

/** The names of the settings at a path. Empty where there are none, as in a text. */
export function namesAt(schema: v.GenericSchema, path: readonly (string | number)[]): string[] {
  // Which of these fields a schema has depends on its type; each is looked for.
  const { entries, item, wrapped, value, options } = schema as Schema;
  if (wrapped !== undefined) return namesAt(wrapped, path);
  if (options !== undefined) return options.flatMap((option) => namesAt(option, path));
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(entries ?? {});
  const child = entries?.[key] ?? item ?? value;
  return child === undefined ? [] : namesAt(child, rest);
}
