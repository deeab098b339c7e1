/** The part of the store's contract about the documents of sites: the same questions find the same pieces in each store. */
import { expect, it } from 'vitest';
import { randomBytes } from '../../base/index.ts';
import type { KnowledgeDocument, KnowledgePiece } from '../../stores/knowledge-store.ts';
import type { Store } from '../../stores/store.ts';

/** The stores may share one database. */
const newSite = (): string => `shop-${Buffer.from(randomBytes(6)).toString('hex')}`;

const SOURCE = 'https://shop.example/sitemap.xml';

const documentOf = (
  siteId: string,
  name: string,
  more: Partial<KnowledgeDocument> = {},
): KnowledgeDocument => ({
  ...{
    siteId,
    url: `https://shop.example/${name}`,
    source: SOURCE,
    title: name,
    etag: '"1"',
    lastModified: '',
  },
  ...{ digest: name, links: [`https://shop.example/${name}/more`], checkedMs: 10, changedMs: 10 },
  ...more,
});

const pieceOf = (text: string, heading = '', anchor = ''): KnowledgePiece => ({ heading, anchor, text });

async function openShop(store: Store): Promise<string> {
  const siteId = newSite();
  const { knowledge } = store;
  await knowledge.put(documentOf(siteId, 'returns', { title: 'Returns and refunds' }), [
    pieceOf('Send an item back within 30 days of delivery.', 'Returning an item', 'returning'),
    pieceOf('We pay the money back within 5 working days.', 'Refunds', 'refunds'),
  ]);
  await knowledge.put(documentOf(siteId, 'delivery', { title: 'Delivery' }), [
    pieceOf('Parcels arrive in two to four days. Delivery is free above 50 euros.'),
    pieceOf('The café on the ground floor hands out parcels, and so does Crème Brûlée & Söhne.', 'Pick-up'),
  ]);
  await knowledge.put(documentOf(siteId, 'warranty', { title: 'Guarantee' }), [
    pieceOf('Every lamp has a warranty of two years. Delivery damage is covered. Returns too.'),
  ]);
  await knowledge.put(documentOf(siteId, 'ja', { title: '返品について' }), [
    pieceOf('商品は到着後30日以内に返品できます。東京都内の送料は無料です。'),
  ]);
  await knowledge.put(documentOf(siteId, 'ko', { title: '안내' }), [
    pieceOf('배송은 이틀에서 나흘이 걸립니다.'),
  ]);
  return siteId;
}

/** The questions, and the place of the piece that each has to find first. */
const QUESTIONS: readonly (readonly [question: string, expected: string])[] = [
  ['How do I return an item?', 'returns 0'],
  ['refund', 'returns 1'],
  ['When is the MONEY paid back?', 'returns 1'],
  ['what does delivery cost', 'delivery 0'],
  ['warranties', 'warranty 0'],
  ['Is there a cafe?', 'delivery 1'],
  ['creme brulee sohne', 'delivery 1'],
  ['返品', 'ja 0'],
  ['送料はいくらですか', 'ja 0'],
  ['배송', 'ko 0'],
];

/** Adds the tests of the documents. Called by `describeStore`. @param store that of the current test */
export function describeKnowledge(store: () => Store): void {
  it.each(QUESTIONS)('%j finds %s first', async (question, expected) => {
    const siteId = await openShop(store());
    const [first] = await store().knowledge.search(siteId, question, 5);
    expect(`${first?.url.split('/').at(-1) ?? ''} ${first?.ordinal ?? ''}`).toBe(expected);
  });

  it('a piece comes with its document, heading and anchor', async () => {
    const siteId = await openShop(store());
    expect((await store().knowledge.search(siteId, 'refunds', 1))[0]).toEqual({
      url: 'https://shop.example/returns',
      title: 'Returns and refunds',
      ordinal: 1,
      heading: 'Refunds',
      anchor: 'refunds',
      text: 'We pay the money back within 5 working days.',
    });
  });

  it.each(['', '?!', 'zebra', '"', "' | '", 'OR NOT NEAR( *', '\u0000', '%_\\'])(
    'a question without known words finds nothing and does no harm: %j',
    async (question) => {
      const siteId = await openShop(store());
      expect(await store().knowledge.search(siteId, question, 5)).toEqual([]);
    },
  );

  it('a question of words that are in every text finds by them', async () => {
    const siteId = await openShop(store());
    expect(await store().knowledge.search(siteId, 'who is the', 5)).not.toEqual([]);
  });

  it('a limit and another site are kept to', async () => {
    const siteId = await openShop(store());
    expect(await store().knowledge.search(siteId, 'delivery days', 2)).toHaveLength(2);
    expect(await store().knowledge.search(newSite(), 'delivery', 5)).toEqual([]);
    expect(await store().knowledge.count(siteId)).toEqual({ documents: 5, pieces: 7 });
  });

  it('a document that is put again replaces its pieces; a removed one is not found', async () => {
    const siteId = await openShop(store());
    const { knowledge } = store();
    const changed = documentOf(siteId, 'delivery', { etag: '"2"', changedMs: 20, checkedMs: 20 });
    await knowledge.put(changed, [pieceOf('Drones bring it.')]);
    expect(await knowledge.find(siteId, changed.url)).toEqual(changed);
    expect(await knowledge.search(siteId, 'café', 5)).toEqual([]);
    expect(await knowledge.search(siteId, 'drone', 5)).toMatchObject([{ text: 'Drones bring it.' }]);
    expect(await knowledge.remove(siteId, changed.url)).toBe(true);
    expect(await knowledge.remove(siteId, changed.url)).toBe(false);
    expect(await knowledge.search(siteId, 'drone', 5)).toEqual([]);
    expect(await knowledge.find(siteId, changed.url)).toBeUndefined();
  });

  it('an interrupted ingestion goes on where it began; at its end what was not seen is removed', async () => {
    const siteId = await openShop(store());
    const { knowledge } = store();
    expect(await knowledge.begin(siteId, SOURCE, 100)).toBe(100);
    await knowledge.touch({ ...documentOf(siteId, 'returns'), checkedMs: 101 });
    expect(await knowledge.begin(siteId, SOURCE, 200)).toBe(100);
    await knowledge.touch({ ...documentOf(siteId, 'delivery'), checkedMs: 201 });
    await knowledge.touch({ ...documentOf(siteId, 'unknown'), checkedMs: 201 });
    expect(await knowledge.sources(siteId)).toEqual([
      { source: SOURCE, startedMs: 100, finishedMs: null, documents: 5 },
    ]);
    expect(await knowledge.finish(siteId, SOURCE, { nowMs: 300, unseen: 'remove' })).toBe(3);
    expect(await knowledge.sources(siteId)).toEqual([
      { source: SOURCE, startedMs: 100, finishedMs: 300, documents: 2 },
    ]);
    expect(await knowledge.begin(siteId, SOURCE, 250)).toBe(300);
    expect(await knowledge.finish(siteId, SOURCE, { nowMs: 500, unseen: 'keep' })).toBe(0);
  });

  it('a source is removed with its documents, and no other', async () => {
    const siteId = await openShop(store());
    const { knowledge } = store();
    await knowledge.begin(siteId, 'docs', 100);
    await knowledge.put(documentOf(siteId, 'own', { source: 'docs' }), [pieceOf('Unicorns.')]);
    expect(await knowledge.removeSource(siteId, SOURCE)).toBe(5);
    expect(await knowledge.search(siteId, 'unicorn delivery', 5)).toMatchObject([{ text: 'Unicorns.' }]);
    expect(await knowledge.sources(siteId)).toMatchObject([{ source: 'docs', documents: 1 }]);
  });

  it('two sites may have a document of the same address', async () => {
    const siteId = await openShop(store());
    const other = await openShop(store());
    await store().knowledge.remove(siteId, 'https://shop.example/returns');
    expect(await store().knowledge.find(other, 'https://shop.example/returns')).toBeDefined();
    expect(await store().knowledge.search(other, 'refund', 1)).toHaveLength(1);
  });
}
