/** The texts of mails: plain text, for the people who run the service. What visitors write is in no subject. */
import * as v from 'valibot';
import { unreachable } from '@rivulet/protocol';
import type { MailEvent } from './mail-event.ts';
import { siteOf } from './mail-event.ts';
import { AddressSchema } from './settings.ts';

/** What a mail says. */
export interface MailText {
  subject: string;
  text: string;
  /** The address that a visitor has left, when it can be in a header. */
  replyTo?: string;
}

/** How a mail is written. */
export interface MailTextOptions {
  /** Where people reach the console; undefined: mails have no links. */
  adminUrl: string | undefined;
}

/** The lines of one mail that tells of many events. The others are counted. */
const MAX_LINES = 100;

/** The mail of one event. */
export function textOfEvent(event: MailEvent, options: MailTextOptions): MailText {
  const subject = withSite(event, subjectOf(event));
  const at = `At: ${event.timestamp}`;
  const link = linkOf(event, options);
  const lines = [subject, '', ...factsOf(event), at, ...(link === undefined ? [] : ['', link]), ''];
  return { subject, text: lines.join('\n'), ...replyToOf(event) };
}

/** The mail of many events of a site, which came faster than one mail for each is sent. */
export function textOfMany(events: readonly MailEvent[], options: MailTextOptions): MailText {
  const [first] = events;
  if (first === undefined) return { subject: '', text: '' };
  const subject = withSite(first, `${events.length} more events`);
  const shown = events.slice(0, MAX_LINES).flatMap((event) => {
    const link = linkOf(event, options);
    const facts = factsOf(event).map((fact) => `  ${fact}`);
    return [
      `- ${event.timestamp}: ${subjectOf(event)}`,
      ...facts,
      ...(link === undefined ? [] : [`  ${link}`]),
    ];
  });
  const rest = events.length - MAX_LINES;
  const lines = [
    'More happened within an hour than is told one by one:',
    ...['', ...shown],
    ...(rest > 0 ? [`- and ${rest} more`] : []),
    '',
  ];
  return { subject, text: lines.join('\n') };
}

const withSite = (event: MailEvent, text: string): string => {
  const site = siteOf(event);
  return site === undefined ? text : `${site}: ${text}`;
};

function subjectOf(event: MailEvent): string {
  switch (event.type) {
    case 'conversation.queued':
      return event.data.isAway === true
        ? 'a visitor asks for a person, and nobody is there'
        : 'a visitor asks for a person';
    case 'conversation.address-left':
      return 'a visitor has left an address';
    case 'conversation.rated':
      return 'an answer was rated down';
    case 'budget.reached':
      return event.data.budget === 'site'
        ? 'the budget of the day is used up'
        : 'a visitor has used up their budget of the day';
    case 'upstream.failing':
      return 'an upstream is failing';
    default:
      return unreachable(event);
  }
}

function factsOf(event: MailEvent): string[] {
  switch (event.type) {
    case 'conversation.queued':
      return [];
    case 'conversation.address-left': {
      const { name, email } = event.data;
      return [...(name === undefined ? [] : [`Name: ${oneLine(name)}`]), `E-mail: ${oneLine(email)}`];
    }
    case 'conversation.rated':
      return quoted(event.data.comment ?? '');
    case 'budget.reached':
      return [`Renewed: ${new Date(event.data.renewsAtMs).toISOString()}`];
    case 'upstream.failing': {
      const { upstream, failures, calls } = event.data;
      return [`Upstream: ${oneLine(upstream)}`, `Failed in the last minute: ${failures} of ${calls} calls`];
    }
    default:
      return unreachable(event);
  }
}

function linkOf({ data }: MailEvent, { adminUrl }: MailTextOptions): string | undefined {
  if (adminUrl === undefined || !('conversationId' in data)) return undefined;
  return `${adminUrl}/admin/conversations/${encodeURIComponent(data.conversationId)}`;
}

/** The visitor has left it with their consent, to be answered there. */
function replyToOf(event: MailEvent): Pick<MailText, 'replyTo'> {
  if (event.type !== 'conversation.address-left') return {};
  const { email } = event.data;
  return v.is(AddressSchema, email) ? { replyTo: email } : {};
}

/** Controls, which a terminal or a reader of mails may obey, and marks that turn the direction of text. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

const oneLine = (text: string): string => text.replace(CONTROLS, ' ').trim();

/** What a visitor wrote, so that no line of it looks like one of the mail. */
const quoted = (text: string): string[] =>
  text === '' ? [] : text.split(/\r\n|[\n\r\u2028\u2029]/).map((line) => `> ${oneLine(line)}`);
