/** The names of the settings that a schema has: for suggestions, and to find all that are unknown. */
import type * as v from 'valibot';

type Schema = v.GenericSchema & {
  entries?: Readonly<Record<string, Schema>>;
  item?: Schema;
  wrapped?: Schema;
  value?: Schema;
  options?: readonly Schema[];
  getter?: (input: unknown) => Schema;
};

/** The names of the settings at a path. Empty where there are none, as in a text. */
export function namesAt(schema: v.GenericSchema, path: readonly (string | number)[]): string[] {
  // Which of these fields a schema has depends on its type; each is looked for.
  const { entries, item, wrapped, value, options, getter } = schema as Schema;
  // Such a schema chooses by the value: only an object has settings.
  if (getter !== undefined) return namesAt(getter({}), path);
  if (wrapped !== undefined) return namesAt(wrapped, path);
  if (options !== undefined) return options.flatMap((option) => namesAt(option, path));
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(entries ?? {});
  const child = entries?.[key] ?? item ?? value;
  return child === undefined ? [] : namesAt(child, rest);
}

/** The path of the value that an issue is about. */
const pathOf = (issue: v.BaseIssue<unknown>): (string | number)[] =>
  (issue.path ?? ([] as v.IssuePathItem[])).map(({ key }) => (typeof key === 'number' ? key : String(key)));

/** What is wrong with a setting, and where. */
export interface SettingIssue {
  path: (string | number)[];
  message: string;
  isUnknown: boolean;
}

/** The issues of a schema, with all unknown settings: valibot reports one for each object. */
export function settingIssues(
  schema: v.GenericSchema,
  issues: readonly v.BaseIssue<unknown>[],
): SettingIssue[] {
  return issues.flatMap((issue): SettingIssue[] => {
    const path = pathOf(issue);
    const object = issue.path?.at(-1)?.input;
    if (issue.type !== 'strict_object' || typeof object !== 'object' || object === null)
      return [{ path, message: issue.message, isUnknown: false }];
    if (issue.expected !== 'never') return [{ path, message: 'it is missing', isUnknown: false }];
    const parent = path.slice(0, -1);
    const known = namesAt(schema, parent);
    const unknown = Object.keys(object).filter((key) => key === path.at(-1) || !known.includes(key));
    return unknown.map((key) => ({ path: [...parent, key], message: issue.message, isUnknown: true }));
  });
}
