/**
 * The data parts that every widget knows, beside those of a site: suggested replies, forms, cards. The codec does not check
 * their values; a renderer checks a value before it shows it, and shows nothing when the check fails. @see PROTOCOL.md §10
 */
import * as v from 'valibot';

const short = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const long = v.pipe(v.string(), v.maxLength(2_000));
const httpsUrl = v.pipe(v.string(), v.maxLength(2_000), v.regex(/^https:\/\//i));

/** `suggestions`: what the visitor may want to send next; each is sent unchanged. */
export const SuggestionsSchema = v.pipe(v.array(short), v.minLength(1), v.maxLength(6));
/** Suggested replies, 1 to 6. */
export type Suggestions = v.InferOutput<typeof SuggestionsSchema>;

/** The kinds of a form's field. */
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
/** One field of a form. A kind that this version does not know is read as `text`. */
export const FormFieldSchema = v.object({
  /** The key of its value in the answer. */
  name: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
  label: short,
  kind: v.fallback(v.picklist(FORM_FIELD_KINDS), 'text'),
  isRequired: v.optional(v.boolean()),
  placeholder: v.optional(short),
  /** The choices of a `select`. */
  options: v.optional(v.pipe(v.array(v.object({ value: short, label: short })), v.maxLength(50))),
});
/** One field of a form. */
export type FormField = v.InferOutput<typeof FormFieldSchema>;
/** `form`: asks for values. The answer is a visitor's message with a `form-answer` part. */
export const FormSchema = v.object({
  /** Repeated in the answer. */
  formId: short,
  title: v.optional(short),
  text: v.optional(long),
  fields: v.pipe(v.array(FormFieldSchema), v.minLength(1), v.maxLength(20)),
  submitLabel: v.optional(short),
});
/** A form that asks for values. */
export type Form = v.InferOutput<typeof FormSchema>;
/** What one field of a form may hold. */
type FieldValue = string | number | boolean;

const isFieldValues = (value: unknown): value is Record<string, FieldValue> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((inner) => ['string', 'number', 'boolean'].includes(typeof inner));

// What these two are given, isFieldValues has seen.
const FieldValuesSchema = v.unknown() as unknown as v.GenericSchema<Record<string, FieldValue>>;
const NoFieldValuesSchema = v.picklist([]) as unknown as v.GenericSchema<never>;

/** `form-answer`: what the visitor filled in, by the names of the fields. Empty fields are absent. */
export const FormAnswerSchema = v.object({
  formId: short,
  // Neither v.record nor v.custom: the library is in the entry of the widget, which has no other use for them.
  values: v.lazy((input) => (isFieldValues(input) ? FieldValuesSchema : NoFieldValuesSchema)),
});
/** What the visitor filled in, by the names of the fields. */
export type FormAnswer = v.InferOutput<typeof FormAnswerSchema>;

const OpenActionSchema = v.object({ label: short, url: httpsUrl });
const SendActionSchema = v.object({ label: short, message: short });
/** A button of a card: opens a page, or sends a message for the visitor. Not v.union, for the same reason as above. */
export const CardActionSchema = v.lazy((input) =>
  v.safeParse(OpenActionSchema, input).success ? OpenActionSchema : SendActionSchema,
);
/** A button of a card: opens `url`, or sends `message`. */
export type CardAction = v.InferOutput<typeof CardActionSchema>;
/** `card`: one thing to look at, with what can be done about it. Its image is loaded only where the site allows the origin. */
export const CardSchema = v.object({
  title: short,
  text: v.optional(long),
  image: v.optional(v.object({ url: httpsUrl, alt: v.pipe(v.string(), v.maxLength(200)) })),
  actions: v.optional(v.pipe(v.array(CardActionSchema), v.maxLength(4))),
});
/** One thing to look at, with what can be done about it. */
export type Card = v.InferOutput<typeof CardSchema>;

/** Why a `notice` is shown. */
export const NOTICE_CODES = ['files-not-read'] as const;
/** `notice`: the gateway tells the visitor something about the answer that follows. The reader has the words for each code. */
export const NoticeSchema = v.object({
  code: v.picklist(NOTICE_CODES),
  /** `files-not-read`: the files that the model cannot read. */
  names: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(50)),
});
/** Something that the gateway tells the visitor about the answer that follows. */
export type Notice = v.InferOutput<typeof NoticeSchema>;

/** Why a person is offered. */
export const PERSON_OFFER_REASONS = ['nothing-found'] as const;
/** `person-offer`: the visitor is offered to ask for a person, with `request-person`. The reader has the words for each reason. */
export const PersonOfferSchema = v.object({
  /** `nothing-found`: what the site knows has no answer to the question. */
  reason: v.picklist(PERSON_OFFER_REASONS),
});
/** An offer to ask for a person. */
export type PersonOffer = v.InferOutput<typeof PersonOfferSchema>;

/** The schemas of the standard data parts, by the name of the part. */
export const DATA_PARTS = {
  suggestions: SuggestionsSchema,
  form: FormSchema,
  'form-answer': FormAnswerSchema,
  card: CardSchema,
  notice: NoticeSchema,
  'person-offer': PersonOfferSchema,
} as const;
/** The name of a standard data part. */
export type DataPartName = keyof typeof DATA_PARTS;
/** The name of a standard data part, with the value that belongs to it. */
export type StandardData = {
  [Name in DataPartName]: { name: Name; value: v.InferOutput<(typeof DATA_PARTS)[Name]> };
}[DataPartName];

/**
 * Reads the value of a data part.
 * @returns undefined for a name that is not standard, and for a value that its schema refuses
 */
export function readStandardData(name: string, value: unknown): StandardData | undefined {
  if (!Object.hasOwn(DATA_PARTS, name)) return undefined;
  const known = name as DataPartName; // just seen
  const read = v.safeParse<(typeof DATA_PARTS)[DataPartName]>(DATA_PARTS[known], value);
  // The compiler cannot correlate the name with the schema that it was read by.
  return read.success ? ({ name, value: read.output } as StandardData) : undefined;
}
