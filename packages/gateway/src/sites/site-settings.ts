/** What the settings of a site may be, in the options of a gateway and in the configuration of the executable. */
import * as v from 'valibot';
import { answerChars } from '../base/limits-schema.ts';
import { text, yesOrNo } from '../base/setting-values.ts';
import { BudgetsSchema } from '../budgets/budget-settings.ts';
import { NotifySchema } from '../mail/settings.ts';
import { RequestSettingsSchema } from '../providers/request-settings.ts';
import { KnowledgeSchema } from '../knowledge/settings.ts';
import { ProofOfWorkSchema } from '../rate-limits/proof-settings.ts';
import { SiteRateLimitsSchema } from '../rate-limits/settings.ts';
import { DeskSettingsSchema } from './desk-settings.ts';
import { DisabledSchema } from './disabled.ts';
import { readOriginPattern } from './origins.ts';
import { RetentionDaysSchema } from './retention-days.ts';
import { WHEN_BUSY, WHEN_INTERRUPTED } from './sites.ts';
import { WidgetSettingsSchema } from './widget-settings.ts';

const origin = v.pipe(
  text,
  v.rawCheck(({ dataset, addIssue }) => {
    const pattern = dataset.typed ? readOriginPattern(dataset.value) : undefined;
    if (pattern?.kind === 'problem') addIssue({ message: pattern.problem });
  }),
);
const mediaType = v.pipe(
  text,
  v.regex(
    /^[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*$/,
    'expected a media type such as image/png, in lower case',
  ),
);
/** A reload of the page takes about a second; the event log remembers for ten minutes when the last viewer left. */
const UNWATCHED_PROBLEM = 'expected whole milliseconds, 1000 to 600000';
/** What happens to a reply without viewers. */
export const whenUnwatched = v.union(
  [
    v.literal('finish'),
    v.strictObject({
      abandonAfterMs: v.pipe(
        v.number(UNWATCHED_PROBLEM),
        v.integer(UNWATCHED_PROBLEM),
        v.minValue(1_000, UNWATCHED_PROBLEM),
        v.maxValue(600_000, UNWATCHED_PROBLEM),
      ),
    }),
  ],
  'expected finish, or how long a reply continues without viewers: 1000 to 600000 ms',
);

/** What happens to a reply whose gateway has died. */
export const whenInterrupted = v.picklist(WHEN_INTERRUPTED, `expected one of ${WHEN_INTERRUPTED.join(', ')}`);

/** The settings that a site has in both places. Everything but the id and the origins has a default. */
export const SITE_SETTINGS = {
  id: v.pipe(
    text,
    v.regex(/^[\w.-]{1,64}$/, 'expected 1 to 64 letters, digits, dots, dashes and underscores'),
  ),
  origins: v.pipe(v.array(origin), v.minLength(1, 'expected at least one origin')),
  systemPrompt: v.optional(text),
  model: v.optional(text),
  /** Replaces `provider.request` for this site, setting by setting. */
  request: v.optional(RequestSettingsSchema),
  whenBusy: v.optional(v.picklist(WHEN_BUSY, `expected one of ${WHEN_BUSY.join(', ')}`)),
  fileTypes: v.optional(v.array(mediaType)),
  allowClientTools: v.optional(yesOrNo),
  /** Whether anonymous visitors are refused. */
  requireIdentity: v.optional(yesOrNo),
  disabled: v.optional(DisabledSchema),
  /** What people do who take conversations over. */
  desk: v.optional(DeskSettingsSchema),
  /** Who is told by mail, where it differs from `mail`. */
  notify: v.optional(NotifySchema),
  whenUnwatched: v.optional(whenUnwatched),
  whenInterrupted: v.optional(whenInterrupted),
  /** Whether upstreams that can write in the background do so. */
  reattach: v.optional(yesOrNo),
  /** Replaces `limits.maxAnswerChars` for this site. */
  maxAnswerChars: v.optional(answerChars),
  /** Replaces `rateLimits` for this site, limit by limit. */
  rateLimits: v.optional(SiteRateLimitsSchema),
  /** Replaces `proofOfWork` for this site, setting by setting. */
  proofOfWork: v.optional(ProofOfWorkSchema),
  /** Replaces `budgets` for this site, one by one. */
  budgets: v.optional(BudgetsSchema),
  /** What the widget shows, as far as the page does not say it. */
  widget: v.optional(WidgetSettingsSchema),
  retentionDays: v.optional(RetentionDaysSchema),
  /** The documents that answers are grounded in. */
  knowledge: v.optional(KnowledgeSchema),
};
