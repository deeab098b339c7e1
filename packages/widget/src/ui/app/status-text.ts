/** Pure: the state of the line and of the answer in words. */
import type { ChatSnapshot, ChatStatus } from '../../client/chat.ts';
import type { Strings } from '../i18n/core/en.ts';

export interface StatusText {
  text: string;
  /** The colour of the dot before the words. */
  tone: 'good' | 'waiting' | 'off';
}

const STATUS = {
  idle: { key: 'statusIdle', tone: 'good' },
  connecting: { key: 'statusConnecting', tone: 'waiting' },
  online: { key: 'statusOnline', tone: 'good' },
  reconnecting: { key: 'statusReconnecting', tone: 'waiting' },
  offline: { key: 'statusOffline', tone: 'off' },
} as const satisfies Record<ChatStatus, { key: keyof Strings; tone: StatusText['tone'] }>;

export function statusOf({ status, closedBecause, isAnswering }: ChatSnapshot, strings: Strings): StatusText {
  if (closedBecause !== null) return { text: strings.statusClosed, tone: 'off' };
  if (status === 'online' && isAnswering) return { text: strings.statusAnswering, tone: 'good' };
  const { key, tone } = STATUS[status];
  return { text: strings[key], tone };
}

/** The thin line under the header; null while all is well. */
export function lineOf({ status }: ChatSnapshot, strings: Strings): string | null {
  if (status === 'reconnecting') return strings.lineReconnecting;
  return status === 'offline' ? strings.lineOffline : null;
}
