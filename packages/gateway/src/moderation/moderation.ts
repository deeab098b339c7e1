/** What a gateway moderates: the moderators of each site, and the errors, counts and log lines of what they decide. */
import type { ChatError } from '@rivulet/protocol';
import {
  abortable,
  describeCause,
  refusal,
  type Clock,
  type Logger,
  type Metrics,
  type RefusalReason,
} from '../base/index.ts';
import { moderatedBy } from './moderated-by.ts';
import type { ModeratedKind, ModeratedText } from './moderator.ts';
import type { ShownTextPolicy, SiteModeration } from './settings.ts';

/** A site, as far as it is moderated. */
export interface ModeratedSite {
  id: string;
  moderation?: SiteModeration | undefined;
}

/** What one text that is shown while it grows reports. */
export interface TextListener {
  /** The text may be shown up to here. @param chars UTF-16 code units from its beginning */
  passed: (chars: number) => void;
  /** The text may not be shown any further. @param error `content-blocked`, or `upstream-failed` when a moderator failed */
  refused: (error: ChatError) => void;
}

/** The moderation of one site. */
export interface ActiveModeration {
  /** What happens to what was shown of a blocked answer. */
  shownText: ShownTextPolicy;
  /** Begins the moderation of a text that grows. */
  open: (kind: ModeratedKind, listener: TextListener, signal: AbortSignal) => ModeratedText;
  /** Moderates a whole text. @throws {ChatError} content-blocked; upstream-failed when a moderator failed */
  check: (kind: ModeratedKind, text: string, signal?: AbortSignal) => Promise<void>;
}

/** The moderation of a gateway. */
export interface Moderation {
  /** The moderation of a site; undefined when nothing is moderated. */
  of(site: ModeratedSite): ActiveModeration | undefined;
}

/** What moderation needs. */
export interface ModerationOptions {
  /** For sites without their own. */
  moderation?: SiteModeration | undefined;
  logger: Logger;
  metrics: Pick<Metrics, 'moderation'>;
  clock: Clock;
}

/** Creates the moderation of one gateway. */
export function createModeration(options: ModerationOptions): Moderation {
  return {
    of(site) {
      const settings = site.moderation ?? options.moderation ?? 'off';
      if (settings === 'off') return undefined;
      const open: ActiveModeration['open'] = (kind, listener, signal) =>
        openText({ ...options, settings, siteId: site.id }, { kind, listener, signal });
      return {
        shownText: settings.shownText ?? 'keep',
        open,
        // A signal of its own: one that all checks shared would keep what each of them adds to it.
        check: (kind, text, signal = new AbortController().signal) =>
          checkWhole(open, { kind, text, signal }),
      };
    },
  };
}

interface SiteOptions extends Omit<ModerationOptions, 'moderation'> {
  settings: Exclude<SiteModeration, 'off'>;
  siteId: string;
}

interface OpenedText {
  kind: ModeratedKind;
  listener: TextListener;
  signal: AbortSignal;
}

function openText(options: SiteOptions, { kind, listener, signal }: OpenedText): ModeratedText {
  const { settings, siteId, logger, metrics, clock } = options;
  const { onFailure = 'block' } = settings;
  const count = (outcome: 'passed' | 'blocked' | 'failed') => {
    metrics.moderation.inc({ site: siteId, kind, outcome });
  };
  const combined = {
    passed: listener.passed,
    complete: () => {
      count('passed');
    },
    blocked(category: string, moderator: string) {
      count('blocked');
      const by = { moderator, category };
      listener.refused(refusal('content-blocked', REASON_OF_KIND[kind] ?? 'answer-blocked', { by }));
    },
    failed(error: unknown, moderator: string) {
      count('failed');
      logger.warn(
        { siteId, kind, moderator, onFailure, ...describeCause(error) },
        onFailure === 'block'
          ? 'a text could not be moderated: it is blocked'
          : 'a text could not be moderated: it is shown',
      );
      if (onFailure === 'block')
        listener.refused(refusal('upstream-failed', 'moderation-failed', { by: { moderator } }));
      return onFailure;
    },
  };
  return moderatedBy(settings.by, { kind, siteId }, { listener: combined, signal, clock });
}

const REASON_OF_KIND: Partial<Record<ModeratedKind, RefusalReason>> = {
  question: 'question-blocked',
  title: 'title-blocked',
};

function checkWhole(
  open: ActiveModeration['open'],
  { kind, text, signal }: { kind: ModeratedKind; text: string; signal: AbortSignal },
): Promise<void> {
  if (text === '') return Promise.resolve();
  const checked = new Promise<void>((resolve, reject) => {
    const listener: TextListener = {
      passed(chars) {
        if (chars === text.length) resolve();
      },
      refused: reject,
    };
    const moderated = open(kind, listener, signal);
    moderated.push(text);
    moderated.end();
  });
  return abortable(signal, checked);
}
