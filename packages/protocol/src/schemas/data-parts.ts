/**
 * The data parts that every widget knows, beside those of a site's own: suggested replies, forms, cards. Their values are not
 * checked by the codec; who shows one checks it first, and shows nothing for a value of another shape.
 */
import * as v from 'valibot';

const short = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const long = v.pipe(v.string(), v.maxLength(2_000));
const httpsUrl = v.pipe(v.string(), v.maxLength(2_000), v.regex(/^https:\/\//i));

/** `suggestions`: what the visitor may want to say next; each is sent as it stands. */
export const SuggestionsSchema = v.pipe(v.array(short), v.minLength(1), v.maxLength(6));
export type Suggestions = v.InferOutput<typeof SuggestionsSchema>;

export const FORM_FIELD_KINDS = [
  'text',
  'multiline',
  'email',
  'tel',
  'number',
  'date',
  'select',
  'checkbox',
] as const;
export const FormFieldSchema = v.object({
  /** The key of its value in the answer. */
  name: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
  label: short,
  kind: v.fallback(v.picklist(FORM_FIELD_KINDS), 'text'),
  isRequired: v.optional(v.boolean()),
  placeholder: v.optional(short),
  /** Of a `select`. */
  options: v.optional(v.pipe(v.array(v.object({ value: short, label: short })), v.maxLength(50))),
});
export type FormField = v.InferOutput<typeof FormFieldSchema>;
/** `form`: asks for values; the answer is a visitor's message with a `form-answer` part. */
export const FormSchema = v.object({
  /** Repeated in the answer. */
  formId: short,
  title: v.optional(short),
  text: v.optional(long),
  fields: v.pipe(v.array(FormFieldSchema), v.minLength(1), v.maxLength(20)),
  submitLabel: v.optional(short),
});
export type Form = v.InferOutput<typeof FormSchema>;
/** `form-answer`: what the visitor filled in, by the fields' names; what was left empty is absent. */
export const FormAnswerSchema = v.object({
  formId: short,
  values: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
});
export type FormAnswer = v.InferOutput<typeof FormAnswerSchema>;

/** Opens a page, or says something for the visitor. */
export const CardActionSchema = v.union([
  v.object({ label: short, url: httpsUrl }),
  v.object({ label: short, message: short }),
]);
export type CardAction = v.InferOutput<typeof CardActionSchema>;
/** `card`: one thing to look at, with what can be done about it. The image is loaded only where the site allows its origin. */
export const CardSchema = v.object({
  title: short,
  text: v.optional(long),
  image: v.optional(v.object({ url: httpsUrl, alt: v.pipe(v.string(), v.maxLength(200)) })),
  actions: v.optional(v.pipe(v.array(CardActionSchema), v.maxLength(4))),
});
export type Card = v.InferOutput<typeof CardSchema>;

/** By the name of the part. */
export const DATA_PARTS = {
  suggestions: SuggestionsSchema,
  form: FormSchema,
  'form-answer': FormAnswerSchema,
  card: CardSchema,
} as const;
export type DataPartName = keyof typeof DATA_PARTS;
/** A name with the value that belongs to it. */
export type StandardData = {
  [Name in DataPartName]: { name: Name; value: v.InferOutput<(typeof DATA_PARTS)[Name]> };
}[DataPartName];

/** @returns undefined for another name, and for a value of another shape */
export function readStandardData(name: string, value: unknown): StandardData | undefined {
  if (!Object.hasOwn(DATA_PARTS, name)) return undefined;
  const known = name as DataPartName; // just seen
  const read = v.safeParse<(typeof DATA_PARTS)[DataPartName]>(DATA_PARTS[known], value);
  // The compiler cannot correlate the name with the schema that it was read by.
  return read.success ? ({ name, value: read.output } as StandardData) : undefined;
}
