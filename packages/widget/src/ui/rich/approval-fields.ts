/** Pure: the fields that show and change the input of a tool call, made of its JSON Schema and its values. */

import { SHOWN_TEXTS } from '../../markdown/unusual/shown-text.ts';

/** How a field is shown. `shown`: its value cannot be changed here. */
export type ApprovalKind =
  | 'text'
  | 'multiline'
  | 'number'
  | 'checkbox'
  | 'select'
  | 'date'
  | 'time'
  | 'datetime-local'
  | 'email'
  | 'url'
  | 'shown';

/** One value of the input. */
export interface ApprovalField {
  /** The keys that lead to the value. */
  path: readonly string[];
  label: string;
  /** The description in the schema. */
  hint?: string;
  kind: ApprovalKind;
  isRequired: boolean;
  value: unknown;
  /** The choices of a `select`. */
  choices?: readonly { value: unknown; label: string }[];
  minimum?: number;
  maximum?: number;
  /** Whether a number has no fraction. */
  isWhole?: boolean;
}

type Schema = Readonly<Record<string, unknown>>;

/** More is not readable in a chat; the input then keeps the values that are not shown, and cannot be approved. */
const MAX_FIELDS = 40;
/** Deeper values are shown as text. */
const MAX_DEPTH = 4;
/** Texts longer than a line get a field of several lines. */
const LINE_CHARS = 60;

/**
 * Returns the fields of an input, in the order of the schema, then what the input has beyond it. Without a schema they are made of
 * the values.
 * @returns undefined when there are too many to be shown: nobody can approve what is not shown
 */
export function approvalFields(schema: unknown, input: unknown): ApprovalField[] | undefined {
  const root = record(schema);
  const fields: ApprovalField[] = [];
  addFields({ root, schema: root, value: record(input), path: [] }, fields);
  return fields.length > MAX_FIELDS ? undefined : fields;
}

interface Place {
  /** The whole schema, which references lead into. */
  root: Schema;
  schema: Schema;
  value: Schema;
  path: readonly string[];
}

function addFields({ root, schema, value, path }: Place, fields: ApprovalField[]): void {
  const properties = record(schema.properties);
  const required = Array.isArray(schema.required) ? schema.required : [];
  for (const key of new Set([...Object.keys(properties), ...Object.keys(value)])) {
    if (fields.length > MAX_FIELDS) return;
    const own = resolve(Object.hasOwn(properties, key) ? properties[key] : undefined, root);
    const inner = Object.hasOwn(value, key) ? value[key] : undefined;
    const innerPath = [...path, key];
    const isGroup = isRecord(inner) || (inner === undefined && isRecord(own.properties));
    if (isGroup && innerPath.length < MAX_DEPTH && !isBare(inner, own))
      addFields({ root, schema: own, value: record(inner), path: innerPath }, fields);
    else fields.push(fieldOf(own, inner, { path: innerPath, isRequired: required.includes(key) }));
  }
}

/** Whether an object has neither values nor described properties: then it is one field. */
const isBare = (value: unknown, schema: Schema): boolean =>
  Object.keys(record(value)).length === 0 && Object.keys(record(schema.properties)).length === 0;

function fieldOf(
  schema: Schema,
  value: unknown,
  { path, isRequired }: { path: readonly string[]; isRequired: boolean },
): ApprovalField {
  const { title, description, minimum, maximum } = schema;
  const choices = choicesOf(schema, value);
  return {
    path,
    label: SHOWN_TEXTS.name(typeof title === 'string' ? title : path.map(wordsOf).join(' › ')),
    ...(typeof description === 'string' ? { hint: SHOWN_TEXTS.prose(description) } : {}),
    kind: choices === undefined ? kindOf(schema, value) : 'select',
    isRequired,
    value,
    ...(choices === undefined ? {} : { choices }),
    ...(typeof minimum === 'number' ? { minimum } : {}),
    ...(typeof maximum === 'number' ? { maximum } : {}),
    ...(typesOf(schema).includes('integer') ? { isWhole: true } : {}),
  };
}

const FORMATS: Readonly<Record<string, ApprovalKind>> = {
  date: 'date',
  time: 'time',
  'date-time': 'datetime-local',
  email: 'email',
  uri: 'url',
};
const SHAPES: Readonly<Partial<Record<ApprovalKind, RegExp>>> = {
  date: /^\d{4}-\d\d-\d\d$/,
  time: /^\d\d:\d\d/,
  'datetime-local': /^\d{4}-\d\d-\d\dT\d\d:\d\d/,
};

function kindOf(schema: Schema, value: unknown): ApprovalKind {
  const types = typesOf(schema);
  const type = value === undefined || value === null ? types.find((one) => one !== 'null') : typeof value;
  if (type === 'boolean') return 'checkbox';
  if (type === 'number' || type === 'integer') return 'number';
  if (Array.isArray(value) && value.every((one) => typeof one === 'string' && SHOWN_TEXTS.prose(one) === one))
    return 'multiline';
  if (type !== 'string') return 'shown';
  const text = typeof value === 'string' ? value : '';
  // A field would follow the characters instead of showing them: the value is shown, and cannot be changed here.
  if (SHOWN_TEXTS.prose(text) !== text) return 'shown';
  const kind = FORMATS[String(schema.format)];
  // A value that a picker could not show stays a text: the picker would be empty.
  if (kind !== undefined && (text === '' || (SHAPES[kind]?.test(text) ?? true))) return kind;
  return text.length > LINE_CHARS || text.includes('\n') || Number(schema.maxLength) > 200
    ? 'multiline'
    : 'text';
}

function choicesOf({ enum: values, oneOf, anyOf }: Schema, value: unknown): ApprovalField['choices'] {
  const named = [oneOf, anyOf].find(
    (all) => Array.isArray(all) && all.every((one) => 'const' in record(one)),
  );
  const choices = Array.isArray(values)
    ? values.map((one: unknown) => ({ value: one, label: labelOf(one) }))
    : Array.isArray(named)
      ? named.map(record).map((one) => ({
          value: one.const,
          label: typeof one.title === 'string' ? SHOWN_TEXTS.name(one.title) : labelOf(one.const),
        }))
      : undefined;
  // A list of values is not one choice.
  return choices === undefined || choices.length === 0 || Array.isArray(value) ? undefined : choices;
}

const labelOf = (value: unknown): string =>
  SHOWN_TEXTS.code(typeof value === 'string' ? value : JSON.stringify(value));

const typesOf = ({ type, anyOf }: Schema): readonly unknown[] =>
  Array.isArray(type) ? type : Array.isArray(anyOf) ? anyOf.map((one) => record(one).type) : [type];

/** Follows a reference within the schema, one step: definitions that refer to others are shown by their values. */
function resolve(schema: unknown, root: Schema): Schema {
  const { $ref, ...own } = record(schema);
  if (typeof $ref !== 'string' || !$ref.startsWith('#/')) return record(schema);
  const target = $ref
    .slice(2)
    .split('/')
    .reduce<Schema>((at, key) => record(at[key]), root);
  return { ...target, ...own };
}

/** `callBackAt` and `call_back_at` as people write it. */
function wordsOf(key: string): string {
  const words = key
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The input with other values at their paths. Values of undefined are removed. The input itself is not changed. */
export function withValues(
  input: unknown,
  changes: readonly { path: readonly string[]; value: unknown }[],
): unknown {
  const copy = structuredClone(record(input)) as Record<string, unknown>;
  for (const { path, value } of changes) {
    let at = copy;
    for (const key of path.slice(0, -1)) at = setOwn(at, key, { ...record(ownOf(at, key)) });
    const last = path.at(-1) ?? '';
    if (value === undefined) Reflect.deleteProperty(at, last);
    else setOwn(at, last, value);
  }
  return copy;
}

/** Keys come from the model: one may be `__proto__`, which an assignment would not store. */
function setOwn<Value>(target: object, key: string, value: Value): Value {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  return value;
}

const ownOf = (target: Schema, key: string): unknown =>
  Object.hasOwn(target, key) ? target[key] : undefined;

const isRecord = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const record = (value: unknown): Schema => (isRecord(value) ? value : {});
