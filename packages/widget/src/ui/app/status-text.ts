/** Pure: texts for the state of the connection and of the answer. */
import type { ChatSnapshot, ChatStatus } from '../../client/chat.ts';
import type { Strings } from '../i18n/core/en.ts';

/** Text of the status in the header. */
export interface StatusText {
  /** Text in the locale of the visitor. */
  text: string;
  /** Colour of the dot before the text. */
  tone: 'good' | 'waiting' | 'off';
}

const STATUS = {
  idle: { key: 'statusIdle', tone: 'good' },
  connecting: { key: 'statusConnecting', tone: 'waiting' },
  online: { key: 'statusOnline', tone: 'good' },
  reconnecting: { key: 'statusReconnecting', tone: 'waiting' },
  unreachable: { key: 'statusUnreachable', tone: 'off' },
  offline: { key: 'statusOffline', tone: 'off' },
} as const satisfies Record<ChatStatus, { key: keyof Strings; tone: StatusText['tone'] }>;

/** Returns the status for the header: closed, answering, or the state of the connection. */
export function statusOf({ status, closedBecause, isAnswering }: ChatSnapshot, strings: Strings): StatusText {
  if (closedBecause !== null) return { text: strings.statusClosed, tone: 'off' };
  if (status === 'online' && isAnswering) return { text: strings.statusAnswering, tone: 'good' };
  const { key, tone } = STATUS[status];
  return { text: strings[key], tone };
}

/** Returns the text of the connection banner, or undefined while there is nothing to report. */
export function bannerText({ status }: ChatSnapshot, strings: Strings): string | undefined {
  if (status === 'reconnecting') return strings.lineReconnecting;
  if (status === 'unreachable') return strings.lineUnreachable;
  return status === 'offline' ? strings.lineOffline : undefined;
}
