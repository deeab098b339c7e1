/** The part of the event log's contract about messages from one gateway to all gateways. */
import { mintConversationId, mintRunId } from '@rivulet/protocol';
import { expect, it } from 'vitest';
import type { AbortBroadcast, EventLog, BroadcastMessage } from '../../event-logs/event-log.ts';
import { randomBytes } from '../../base/index.ts';
import { startReading, titled } from '../log-reader.ts';

const abort = (): AbortBroadcast => ({
  kind: 'abort',
  conversationId: mintConversationId(randomBytes),
  runId: mintRunId(randomBytes),
});

/** Adds the tests of `broadcast` and `listen`. Called by `describeEventLog`. @param fixture that of the current test */
export function describeBroadcasts(
  fixture: () => { eventLog: EventLog; trimBroadcasts?: () => Promise<void> },
): void {
  const log = () => fixture().eventLog;

  it('a message that is sent while a listener is disconnected is delivered to it, exactly once', async () => {
    const [broadcastMessage, next] = [abort(), abort()];
    const received: BroadcastMessage[] = [];
    const [one, both] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    await log().listen((each) => {
      if (each.kind !== 'abort' || ![broadcastMessage, next].some(({ runId }) => runId === each.runId))
        return;
      received.push(each);
      (received.length === 1 ? one : both).resolve(undefined);
    });
    await fixture().trimBroadcasts?.();
    await log().broadcast(broadcastMessage);
    await one.promise;
    await log().broadcast(next);
    await both.promise;
    expect(received).toEqual([broadcastMessage, next]);
  });

  it('a new listener does not receive earlier messages', async () => {
    const [early, late] = [abort(), abort()];
    await log().broadcast(early);
    const received: BroadcastMessage[] = [];
    const done = Promise.withResolvers<undefined>();
    await log().listen((each) => {
      if (each.kind !== 'abort') return;
      if (each.runId === early.runId || each.runId === late.runId) received.push(each);
      if (each.runId === late.runId) done.resolve(undefined);
    });
    await log().broadcast(late);
    await done.promise;
    expect(received).toEqual([late]);
  });

  it('every listener, including that of the sender, receives the messages in the order of the calls', async () => {
    const broadcasts = [abort(), abort()];
    const received = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const got: BroadcastMessage[][] = [[], []];
    for (const [index, list] of got.entries()) {
      await log().listen((broadcastMessage) => {
        if (
          broadcastMessage.kind === 'abort' &&
          broadcasts.some(({ runId }) => runId === broadcastMessage.runId)
        )
          list.push(broadcastMessage);
        if (list.length === broadcasts.length) received[index]?.resolve(undefined);
      });
    }
    for (const broadcastMessage of broadcasts) await log().broadcast(broadcastMessage);
    await Promise.all(received.map(({ promise }) => promise));
    expect(got).toEqual([broadcasts, broadcasts]);
  });

  it('messages about owners and typing are delivered unchanged', async () => {
    const ownerId = `v_${Buffer.from(randomBytes(12)).toString('base64url')}`;
    const typing = {
      kind: 'typing' as const,
      conversationId: mintConversationId(randomBytes),
      isTyping: true,
    };
    const { head: after } = await log().read(typing.conversationId);
    const viewer = startReading(log(), { id: typing.conversationId, after });
    await log().append(typing.conversationId, [titled(1)]);
    await viewer.until(() => viewer.events.length === 1); // a typing state goes to those who have viewers
    const published: BroadcastMessage[] = [
      { kind: 'moved', siteId: 'site', ownerId },
      {
        kind: 'revoked',
        revocation: { siteId: 'site', kind: 'owner', id: ownerId, atMs: 1, untilMs: 2 },
      },
      { ...typing, participantId: ownerId, sessionId: 'one' },
    ];
    const received: BroadcastMessage[] = [];
    const all = Promise.withResolvers<undefined>();
    await log().listen((broadcastMessage) => {
      if (JSON.stringify(broadcastMessage).includes(ownerId)) received.push(broadcastMessage);
      if (received.length === published.length) all.resolve(undefined);
    });
    for (const broadcastMessage of published) await log().broadcast(broadcastMessage);
    await all.promise;
    expect(received).toEqual(published);
    viewer.abort();
  });

  it('a listener that has stopped receives nothing more, and may be stopped twice', async () => {
    const [early, late] = [abort(), abort()];
    const seen: BroadcastMessage[] = [];
    const end = await log().listen((broadcastMessage) => seen.push(broadcastMessage));
    end();
    end();
    const other = Promise.withResolvers<undefined>();
    await log().listen((broadcastMessage) => {
      if (broadcastMessage.kind === 'abort' && broadcastMessage.runId === late.runId)
        other.resolve(undefined);
    });
    await log().broadcast(early);
    await log().broadcast(late);
    await other.promise;
    expect(seen).toEqual([]);
  });

  it('messages about tool calls are delivered unchanged, including their values', async () => {
    const call = { conversationId: mintConversationId(randomBytes), callId: 'call-1' };
    const input = { text: 'ä\n"👋"', list: [null, 1.5, { deep: [] }] };
    const broadcasts: BroadcastMessage[] = [
      { kind: 'tool-approval', ...call, decision: 'approve', input },
      { kind: 'tool-approval', ...call, decision: 'refuse' },
      { kind: 'tool-output', ...call, output: null },
      { kind: 'tool-output', ...call, error: 'no luck' },
    ];
    const all = Promise.withResolvers<undefined>();
    const got: BroadcastMessage[] = [];
    await log().listen((broadcastMessage) => {
      if ('conversationId' in broadcastMessage && broadcastMessage.conversationId === call.conversationId)
        got.push(broadcastMessage);
      if (got.length === broadcasts.length) all.resolve(undefined);
    });
    for (const broadcastMessage of broadcasts) await log().broadcast(broadcastMessage);
    await all.promise;
    expect(got).toEqual(broadcasts);
  });

  it('messages are delivered also after the last subscriber of a conversation has left', async () => {
    const broadcastMessage = abort();
    const received = Promise.withResolvers<undefined>();
    await log().listen((one) => {
      if (one.kind === 'abort' && one.runId === broadcastMessage.runId) received.resolve(undefined);
    });
    const end = new AbortController();
    const { head: after } = await log().read(broadcastMessage.conversationId);
    const handle = () => {
      end.abort();
      return undefined;
    };
    const read = log().subscribe(broadcastMessage.conversationId, { after, signal: end.signal, handle });
    await log().append(broadcastMessage.conversationId, [{ type: 'conversation-updated', title: 'read' }]);
    await read;
    await log().check(); // answered after everything that unsubscribing has sent
    await log().broadcast(broadcastMessage);
    await received.promise;
  });
}
