/** The settings of the desk of a site: its opening hours, who is given a conversation, and what people answer with one click. */
import * as v from 'valibot';
import { REQUEST_PERSON_POLICIES } from '../tools/request-person.ts';
import { WEEKDAYS, type DeskHours } from './desk-hours.ts';

/** How a conversation that waits is given to somebody. `manual`: whoever takes it. */
export const DESK_ASSIGN = ['manual', 'round-robin', 'least-loaded'] as const;

/** What happens when nothing was found that answers. */
export const WHEN_NOTHING_FOUND = ['offer', 'queue', 'nothing'] as const;

const ZONE = 'expected the name of a time zone, such as Europe/Berlin';
const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};
const SPAN = 'expected times such as 09:00-17:30, the first one earlier; 24:00 is the end of the day';
const span = v.pipe(
  v.string(SPAN),
  v.regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, SPAN),
  v.check((text) => text.slice(0, 5) < text.slice(6), SPAN),
);
const day = v.optional(v.pipe(v.array(span, SPAN), v.maxLength(8, SPAN)));
const HoursSchema: v.GenericSchema<DeskHours> = v.strictObject({
  timeZone: v.pipe(v.string(ZONE), v.check(isTimeZone, ZONE)),
  ...(Object.fromEntries(WEEKDAYS.map((name) => [name, day])) as Record<
    (typeof WEEKDAYS)[number],
    typeof day
  >), // fromEntries forgets the keys
});

const MINUTES = 'expected whole minutes, 1 to 10080';
const minutes = v.optional(
  v.pipe(v.number(MINUTES), v.integer(MINUTES), v.minValue(1, MINUTES), v.maxValue(10_080, MINUTES)),
);
const CAPACITY = 'expected a whole number of conversations, 1 to 1000';
const CANNED = 'expected up to 200 replies with a title of 1 to 100 and a text of 1 to 4000 characters';

/** The desk of a site. Without it, nobody is offered a person, and the API of the desk does not show the site. */
export const DeskSettingsSchema = v.strictObject({
  /** When people are there. Default: whenever somebody is online. */
  hours: v.optional(HoursSchema),
  /** How many open conversations a person is given by themselves. Taking more is possible. Default: 5. */
  capacity: v.optional(
    v.pipe(v.number(CAPACITY), v.integer(CAPACITY), v.minValue(1, CAPACITY), v.maxValue(1_000, CAPACITY)),
  ),
  /** Default: `manual`. */
  assign: v.optional(v.picklist(DESK_ASSIGN, `expected one of ${DESK_ASSIGN.join(', ')}`)),
  /** Until when a visitor who has asked for a person should have the first answer. Default: no target. */
  firstResponseMinutes: minutes,
  /** Until when each later message should have an answer. Default: no target. */
  nextResponseMinutes: minutes,
  /**
   * What happens when no tool call of an answer has found anything: the visitor is offered a person, the conversation waits for one at
   * once, or nothing. Default: `offer`.
   */
  whenNothingFound: v.optional(
    v.picklist(WHEN_NOTHING_FOUND, `expected one of ${WHEN_NOTHING_FOUND.join(', ')}`),
  ),
  /** Whether the model has a tool by which it asks for a person; `ask`: with the approval of the visitor. Default: `on`. */
  requestPersonTool: v.optional(
    v.picklist(REQUEST_PERSON_POLICIES, `expected one of ${REQUEST_PERSON_POLICIES.join(', ')}`),
  ),
  /** Whether people may ask the model for a draft of their reply, which costs what an answer costs. Default: false. */
  drafts: v.optional(v.boolean('expected true or false')),
  cannedReplies: v.optional(
    v.pipe(
      v.array(
        v.strictObject({
          title: v.pipe(v.string(CANNED), v.minLength(1, CANNED), v.maxLength(100, CANNED)),
          text: v.pipe(v.string(CANNED), v.minLength(1, CANNED), v.maxLength(4_000, CANNED)),
        }),
        CANNED,
      ),
      v.maxLength(200, CANNED),
    ),
  ),
});
/** The settings of the desk of a site. */
export type DeskSettings = v.InferInput<typeof DeskSettingsSchema>;

/** How many open conversations a person is given by themselves. */
export const DEFAULT_CAPACITY = 5;
