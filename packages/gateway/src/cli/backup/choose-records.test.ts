import { mintConversationId, type ConversationId } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import { randomBytes } from '../../base/index.ts';
import type { FileRecord } from '../../files/file-store.ts';
import { chooseRecords } from './choose-records.ts';

const kept = mintConversationId(randomBytes);
const gone = mintConversationId(randomBytes);
const record = (id: string, conversationId?: ConversationId): FileRecord => ({
  ...{
    id,
    siteId: 'demo',
    ownerId: 'v',
    name: 'a.txt',
    mediaType: 'text/plain',
    createdAtMs: 1,
    sizeBytes: 1,
  },
  ...(conversationId === undefined ? {} : { conversationId }),
});
const mapOf = (records: FileRecord[]) => new Map(records.map((one) => [one.id, one]));
const choose = (before: FileRecord[], after: FileRecord[], referenced: string[] = []) =>
  chooseRecords({
    before: mapOf(before),
    after: mapOf(after),
    references: new Map(referenced.map((id) => [id, { conversationId: kept, siteId: 'demo', ownerId: 'v' }])),
    hasConversation: (id) => id === kept,
  });

it('a file that a message names is kept after it was erased', () => {
  expect(choose([record('f', kept)], [], ['f'])).toEqual({ records: [record('f', kept)], missing: [] });
});

it('a file that was sent after its record was read belongs to the conversation of its message', () => {
  expect(choose([record('f')], [], ['f']).records).toEqual([record('f', kept)]);
});

it('a file that was erased with its conversation before the copy began is left out', () => {
  expect(choose([record('f', gone)], [])).toEqual({ records: [], missing: [] });
});

it('a file that was sent after the copy began is unsent, so that it is swept when nobody sends it again', () => {
  expect(choose([record('f')], [record('f', gone)]).records).toEqual([record('f')]);
});

it('a file belongs to the owner of its conversation in the copy, also when its visitor signed in afterwards', () => {
  const moved = { ...record('f', kept), ownerId: 'u_ann' };
  expect(choose([record('f', kept)], [moved], ['f']).records).toEqual([record('f', kept)]);
});

it('an unsent file is kept', () => {
  expect(choose([], [record('f')]).records).toEqual([record('f')]);
});

it('a file that was uploaded and erased in between is reported', () => {
  expect(choose([], [], ['f'])).toEqual({ records: [], missing: ['f'] });
});
