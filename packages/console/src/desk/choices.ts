/** What people choose at the desk: a person, a time, a prepared text. */
import { formatListed } from '../format.ts';
import { TEXTS } from '../texts.ts';
import { chooseInDialog, type Choice } from './choice-dialog.ts';
import type { CannedReply, TeamMember } from './desk-data.ts';
import { snoozeTimes } from './snooze-times.ts';

const { desk: words } = TEXTS;
/** Who is there comes first. */
const ORDER = ['online', 'away', 'offline'];

/** Asks for a person. @returns their id, with their name; undefined when it was cancelled */
export const choosePerson = (team: readonly TeamMember[]): Promise<Choice<string> | undefined> =>
  chooseInDialog({
    ...{ title: words.assignTitle, search: words.findPerson, none: words.nobodyElse },
    choices: team
      .toSorted((one, other) => ORDER.indexOf(one.availability) - ORDER.indexOf(other.availability))
      .map(({ id, name, availability }) => ({
        ...{ value: id, label: name, hint: words.availabilities[availability] },
      })),
  });

/** Asks until when. @returns milliseconds since 1970, or undefined in it: until the visitor writes; undefined when it was cancelled */
export const chooseSnooze = (nowMs: number): Promise<Choice<number | undefined> | undefined> =>
  chooseInDialog({
    ...{ title: words.snoozeTitle, none: '' },
    choices: snoozeTimes(nowMs).map(({ label, untilMs }) => ({
      ...{ value: untilMs, label },
      ...(untilMs === undefined ? {} : { hint: formatListed(untilMs, nowMs) }),
    })),
  });

/** Asks for a prepared text. @returns the text; undefined when it was cancelled */
export const chooseReply = (replies: readonly CannedReply[]): Promise<Choice<string> | undefined> =>
  chooseInDialog({
    ...{ title: words.cannedTitle, search: words.findCanned, none: words.noneFound },
    choices: replies.map(({ title, text }) => ({ value: text, label: title, hint: text })),
  });
