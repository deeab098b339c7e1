/** Stores the outbox, so that it survives a reload. Several tabs write it, each its own messages. */
import { ChatError, ERROR_CODES, jsonText, readSendMessage, type ErrorCode } from '@rivulet/protocol';
import { isState, type OutboxEntry } from './outbox-entry.ts';
import type { SiteStorage } from '../environment/storage.ts';

interface StoredOutboxEntry {
  command: unknown;
  createdAtMs: unknown;
  /** false: it was never sent. */
  wasSent?: unknown;
  /** true: it waits until no answer is being written. */
  isQueued?: unknown;
  /** The error code, if the message was rejected. */
  failed?: unknown;
}

/** Reads the messages that an earlier page or another tab stored, in the order of sending. Unreadable entries are skipped. */
export function loadOutbox(storage: SiteStorage): OutboxEntry[] {
  return readShared(storage).flatMap(toOutboxEntry);
}

/**
 * Writes the changes between two states of this page's outbox, and leaves the messages of other tabs alone. Each message keeps
 * its place: a tab that has a copy of the first of two messages must not move it behind the second, which a third tab would then
 * send first.
 */
export function saveOutbox(
  storage: SiteStorage,
  before: readonly OutboxEntry[],
  after: readonly OutboxEntry[],
): void {
  const settled = new Set<string>(before.map(({ command }) => command.messageId));
  const own = new Map<string, StoredOutboxEntry>();
  for (const entry of after) {
    const { messageId } = entry.command;
    if (entry.acceptance !== undefined) settled.add(messageId);
    else own.set(messageId, toStored(entry));
  }
  const kept = readShared(storage).flatMap((stored) => {
    const messageId = messageIdOf(stored);
    const mine = own.get(messageId);
    own.delete(messageId);
    return mine ?? (settled.has(messageId) ? [] : stored);
  });
  const text = jsonText([...kept, ...own.values()]);
  if (text === '[]') {
    if (storage.getShared('outbox') !== undefined) storage.remove('outbox');
  } else if (text !== storage.getShared('outbox')) storage.set('outbox', text);
}

function readShared(storage: SiteStorage): StoredOutboxEntry[] {
  try {
    const stored: unknown = JSON.parse(storage.getShared('outbox') ?? '[]');
    // toOutboxEntry checks each entry before it is used.
    return Array.isArray(stored)
      ? stored.filter((one): one is StoredOutboxEntry => one instanceof Object)
      : [];
  } catch {
    return []; // damaged, or not written by this code: it holds nothing that can be sent
  }
}

function toStored(entry: OutboxEntry): StoredOutboxEntry {
  const { command, pending, wasSent, isQueued } = entry;
  const stored = { command, createdAtMs: pending.createdAtMs, wasSent, ...(isQueued && { isQueued }) };
  return isState(entry, 'failed') ? { ...stored, failed: pending.error?.code ?? 'internal' } : stored;
}

function messageIdOf({ command }: StoredOutboxEntry): string {
  const { messageId } = (command ?? {}) as { messageId?: unknown }; // only compared
  return typeof messageId === 'string' ? messageId : '';
}

function toOutboxEntry({ command: value, createdAtMs, failed, ...rest }: StoredOutboxEntry): OutboxEntry[] {
  const command = readSendMessage(value);
  if (command === undefined || typeof createdAtMs !== 'number') return []; // damaged: see readShared
  const { messageId, parts } = command;
  const pending = { messageId, parts, createdAtMs };
  const wasSent = rest.wasSent !== false;
  const queue = rest.isQueued === true ? { isQueued: true as const } : {};
  if (failed === undefined)
    return [{ command, wasSent, ...queue, pending: { ...pending, state: 'waiting' } }];
  const code = ERROR_CODES.find((known) => known === failed) ?? ('internal' satisfies ErrorCode);
  const error = new ChatError(code).toBody();
  return [{ command, wasSent, pending: { ...pending, state: 'failed', error } }];
}
