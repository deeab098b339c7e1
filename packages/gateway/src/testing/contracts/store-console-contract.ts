/** The part of the store's contract about the operator's console. */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { CONSOLE_SCAN, NEWEST, type ConsoleQuery, type ConsoleSession } from '../../stores/console-store.ts';
import type { Store } from '../../stores/store.ts';
import { SAMPLE_MS, accepted, sampleOwner, withText } from '../samples.ts';

/** Adds the tests of the console. Called by `describeStore`. @param store that of the current test */
export function describeConsole(store: () => Store): void {
  // The stores of the tests may share one database, so each test has ids of its own.
  const session = (changes: Partial<ConsoleSession> = {}): ConsoleSession => ({
    digest: randomUUID(),
    id: randomUUID(),
    userName: 'ann',
    tokenId: 'token',
    address: '203.0.113.7',
    createdAtMs: SAMPLE_MS,
    expiresAtMs: SAMPLE_MS + 10,
    ...changes,
  });

  it('a session is found by its digest until it expires, is listed, and is not found once it was ended', async () => {
    const [one, other] = [session(), session({ createdAtMs: SAMPLE_MS + 1 })];
    for (const each of [one, other]) await store().console.addSession(each);
    expect(await store().console.findSession(one.digest, SAMPLE_MS)).toEqual(one);
    expect(await store().console.findSession(one.digest, one.expiresAtMs)).toBeUndefined();
    const listed = (await store().console.listSessions(SAMPLE_MS)).filter(
      ({ id }) => id === one.id || id === other.id,
    );
    expect(listed).toEqual([other, one]);
    expect([await store().console.endSession(one.id), await store().console.endSession(one.id)]).toEqual([
      true,
      false,
    ]);
    expect(await store().console.findSession(one.digest, SAMPLE_MS)).toBeUndefined();
    await store().console.forgetSessions(other.expiresAtMs);
    expect(await store().console.endSession(other.id)).toBe(false);
  });

  it('sessions are ended by what their token id has in it, and no others', async () => {
    const nowMs = SAMPLE_MS;
    const mark = randomUUID();
    const tokenIds = [`oidc:${mark};a;`, `oidc:${mark};b;`, `oidc:${mark}%;a;`, `oidc:${mark.slice(1)};a;`];
    const sessions = tokenIds.map((tokenId) => session({ tokenId }));
    for (const each of sessions) await store().console.addSession(each);
    await store().console.endSessionsOf([`oidc:${mark};`, ';a;']);
    const left = await Promise.all(sessions.map(({ digest }) => store().console.findSession(digest, nowMs)));
    expect(left.map((each) => each?.tokenId)).toEqual([undefined, ...tokenIds.slice(1)]);
  });

  it('the audit log is read in pages, the newest first, with entries of one moment', async () => {
    const atMs = 1 + Math.floor(Math.random() * 1e15);
    const entries = ['a', 'b', 'c'].map((id) => ({
      ...{ atMs, id: id + randomUUID(), userName: 'ann', action: 'console-read-conversation' },
      ...{ target: 'c_1', siteId: 'shop', address: '203.0.113.7' },
    }));
    for (const entry of entries) await store().console.appendAudit(entry);
    const [first, second, third] = entries;
    expect(await store().console.listAudit({ atMs, id: '~' }, 2)).toEqual([third, second]);
    expect(await store().console.listAudit(second!, 1)).toEqual([first]);
  });

  describeConsoleSearch(store);
}

function describeConsoleSearch(store: () => Store): void {
  const query = (changes: Partial<ConsoleQuery>): ConsoleQuery => ({
    sinceMs: 0,
    after: NEWEST,
    limit: 50,
    ...changes,
  });
  const ids = async (changes: Partial<ConsoleQuery>) =>
    (await store().console.search(query(changes))).conversations.map(({ id }) => id);

  it('conversations of all visitors of a site are listed in pages without gap or repeat, also of one moment', async () => {
    const siteId = `site ${randomUUID()}`;
    const made: string[] = [];
    for (const nowMs of [1, 2, 2, 2, 3]) {
      const owner = { ...sampleOwner(), siteId };
      made.push((await accepted(store(), { owner, nowMs: SAMPLE_MS + nowMs })).conversationId);
    }
    const seen: string[] = [];
    let after: ConsoleQuery['after'] | undefined = NEWEST;
    while (after !== undefined) {
      const page = await store().console.search(query({ siteId, after, limit: 2 }));
      seen.push(...page.conversations.map(({ id }) => id));
      after = page.next;
    }
    expect(seen).toHaveLength(5);
    expect(seen.toSorted()).toEqual(made.toSorted());
    expect([seen[0], seen[4]]).toEqual([made[4], made[0]]);
    expect(await ids({ siteId, sinceMs: SAMPLE_MS + 3 })).toEqual([made[4]]);
    expect(await ids({ after: { atMs: SAMPLE_MS + 2, id: '' }, siteId })).toEqual([made[0]]);
  });

  it('a search finds a text in any case, a rating, a finish reason and a tool, and only them', async () => {
    const owner = { ...sampleOwner(), siteId: `site ${randomUUID()}` };
    const one = await accepted(store(), { owner });
    await accepted(store(), { owner });
    const tool = {
      type: 'tool',
      callId: 'c',
      name: 'find_order',
      state: 'finished',
      inputText: '{}',
    } as const;
    const answer = withText(one.answer, 'The PARCEL is on its way "feedback":{"value":"up"');
    const run = { ...answer.run!, state: 'finished', reason: 'error' } as const;
    const ended = { ...answer, run, parts: [...answer.parts, tool] };
    await store().putMessages(one.conversationId, [{ ...ended, feedback: { value: 'down' } }], SAMPLE_MS);
    const { siteId } = owner;
    const found = { text: 'parcel', rating: 'down', finishReason: 'error', tool: 'find_order' } as const;
    for (const [name, value] of Object.entries(found))
      expect(await ids({ siteId, [name]: value })).toEqual([one.conversationId]);
    expect(await ids({ ...owner, ...found })).toEqual([one.conversationId]);
    for (const other of [
      { text: 'letter' },
      { rating: 'up' },
      { finishReason: 'stop' },
      { tool: 'find' },
    ] as const)
      expect(await ids({ siteId, ...other })).toEqual([]);
    expect(await ids({ ...sampleOwner(), siteId })).toEqual([]);
  });

  it('a search by the ref of a run finds its conversation alone, of the site and the visitor that are named, if any', async () => {
    const owner = { ...sampleOwner(), siteId: `site ${randomUUID()}` };
    const one = await accepted(store(), { owner });
    await accepted(store(), { owner });
    const ref = one.answer.run!.id.slice(2);
    for (const changes of [{}, { siteId: owner.siteId }, owner, { siteId: owner.siteId, text: '' }])
      expect(await ids({ ref, ...changes })).toEqual([one.conversationId]);
    expect(await ids({ ref: ref.slice(0, -1), siteId: owner.siteId })).toContain(one.conversationId);
    for (const changes of [{ siteId: 'other' }, { ...sampleOwner(), siteId: owner.siteId }])
      expect(await ids({ ref, ...changes })).toEqual([]);
    expect(await ids({ ref: `${ref}x` })).toEqual([]);
  });

  it('a search that finds nothing among the newest conversations says where it goes on', async () => {
    const siteId = `site ${randomUUID()}`;
    for (let index = 0; index <= CONSOLE_SCAN; index += 1)
      await accepted(store(), { owner: { ...sampleOwner(), siteId }, nowMs: SAMPLE_MS + index });
    const page = await store().console.search(query({ siteId, text: 'nobody wrote this' }));
    expect(page).toMatchObject({ conversations: [], next: { atMs: SAMPLE_MS + 1 } });
    const rest = await store().console.search(
      query({ siteId, text: 'nobody wrote this', after: page.next! }),
    );
    expect(rest).toEqual({ conversations: [], next: undefined });
  });
}
