/** What moderation does on a site, in the options of a gateway. */
import * as v from 'valibot';
import type { Moderator } from './moderator.ts';

/** Who decides about the texts of a site, and what happens then. */
export interface ModerationSettings {
  /** A text is shown when all of them have passed it: create them with `createWordModerator`, `createModerator` or `createOpenAiModerator`. */
  by: readonly Moderator[];
  /** What happens to a text when a moderator fails. Default: `block`. */
  onFailure?: ModerationFailurePolicy | undefined;
  /**
   * What happens to the beginning of an answer that had passed when a later part is blocked. `keep`: it stays. `withdraw`: it is taken
   * back from all viewers and is not stored. Default: `keep`.
   */
  shownText?: ShownTextPolicy | undefined;
}

/** The moderation of one site. `off`: nothing is moderated. */
export type SiteModeration = ModerationSettings | 'off';

/** What happens to a text when a moderator fails. */
export const ON_FAILURE = ['block', 'allow'] as const;
/** One of `ON_FAILURE`. */
export type ModerationFailurePolicy = (typeof ON_FAILURE)[number];
/** What happens to what was shown of an answer that is blocked. */
export const SHOWN_TEXT = ['keep', 'withdraw'] as const;
/** One of `SHOWN_TEXT`. */
export type ShownTextPolicy = (typeof SHOWN_TEXT)[number];

/** What is the same in the options and in the configuration. */
export const MODERATION_POLICIES = {
  onFailure: v.optional(v.picklist(ON_FAILURE, `expected one of ${ON_FAILURE.join(', ')}`)),
  shownText: v.optional(v.picklist(SHOWN_TEXT, `expected one of ${SHOWN_TEXT.join(', ')}`)),
};

const MODERATOR_PROBLEM = 'expected a moderator with a name of 1 to 64 letters, digits, dots and dashes';
const isModerator = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'open' in value &&
  typeof value.open === 'function' &&
  'name' in value &&
  typeof value.name === 'string' &&
  /^[\w.-]{1,64}$/.test(value.name);

const PROBLEM = 'expected off, or moderators in by';
/** The moderation of a gateway or a site, as code sets it. */
export const ModerationSchema = v.union(
  [
    v.literal('off'),
    v.strictObject({
      by: v.pipe(
        v.array(v.custom<Moderator>(isModerator, MODERATOR_PROBLEM), PROBLEM),
        v.minLength(1, 'expected at least one moderator'),
      ),
      ...MODERATION_POLICIES,
    }),
  ],
  PROBLEM,
);
