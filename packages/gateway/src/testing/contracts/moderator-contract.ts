/** The contract suite of moderators: call it once for each adapter. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Moderator } from '../../moderation/moderator.ts';

/** A moderator under test. It blocks every text with `blocked` in it, and passes all others that the suite gives it. */
export interface ModeratorFixture {
  moderator: Moderator;
  /** A word or phrase, of at least six characters. */
  blocked: string;
  /** Lets whatever is under way come to its end, with the time that it takes. */
  settle: () => Promise<void>;
  dispose: () => Promise<void>;
}

/** Moderators that cannot decide, by what is wrong with them. */
export type FailingModerators = Readonly<Record<string, () => ModeratorFixture | Promise<ModeratorFixture>>>;

/** What one text was reported. */
interface Reported {
  passed: number[];
  ends: string[];
}

/** Runs the suite. @param open opens the moderator for each test @param failing those that must report `failed`, and nothing else */
export function describeModerator(
  name: string,
  open: () => ModeratorFixture | Promise<ModeratorFixture>,
  failing: FailingModerators = {},
): void {
  describe(`a moderator: ${name}`, () => {
    let fixture: ModeratorFixture;
    beforeEach(async () => {
      fixture = await open();
    });
    afterEach(() => fixture.dispose());
    const cases = { fixture: () => fixture };
    describeDecisions(cases);
    describeHostileTexts(cases);
    describeEnds(cases);
  });
  for (const [problem, openFailing] of Object.entries(failing))
    it(`a moderator: ${name}: ${problem}: fails, and passes nothing`, async () => {
      const fixture = await openFailing();
      const reported = await moderate(fixture, ['Good morning.']);
      expect(reported).toEqual({ passed: [], ends: ['failed'] });
      await fixture.dispose();
    });
}

interface Cases {
  fixture: () => ModeratorFixture;
}

function describeDecisions({ fixture }: Cases): void {
  it('passes a text to its end, never less than before', async () => {
    const { passed, ends } = await moderate(fixture(), cut('Good morning. How are you?', 3));
    expect(passed.at(-1)).toBe(26);
    expect(passed).toEqual([...passed].sort((one, other) => one - other));
    expect(ends).toEqual([]);
  });

  it('blocks a text wherever it is cut, and never passes all of what it blocks', async () => {
    const text = `Hello ${fixture().blocked} there`;
    for (let size = 1; size <= text.length; size += 1) {
      const { passed, ends } = await moderate(fixture(), cut(text, size));
      expect(ends).toEqual(['blocked']);
      expect(Math.max(0, ...passed)).toBeLessThan(6 + fixture().blocked.length);
    }
  });

  it('blocks it at the end of a text as well', async () => {
    expect((await moderate(fixture(), [fixture().blocked])).ends).toEqual(['blocked']);
  });

  it('passes an empty text', async () => {
    expect((await moderate(fixture(), [])).ends).toEqual([]);
  });
}

function describeHostileTexts({ fixture }: Cases): void {
  it('passes no half of a surrogate pair', async () => {
    const text = '😀 and 👩‍🚀 are here';
    const { passed } = await moderate(fixture(), cut(text, 1));
    const halves = passed.filter((at) => at < text.length && /[\udc00-\udfff]/.test(text.charAt(at)));
    expect(halves).toEqual([]);
    expect(passed.at(-1)).toBe(text.length);
  });

  it('passes a text with halves of surrogate pairs to its end', async () => {
    expect((await moderate(fixture(), ['a\ud83d', 'b\ude00', '\ud83d'])).passed.at(-1)).toBe(5);
  });

  it('decides about a mebibyte', async () => {
    const text = 'All is well here. '.repeat(60_000);
    expect((await moderate(fixture(), [text])).passed.at(-1)).toBe(text.length);
  });

  it('finds what it blocks at the end of a long text', async () => {
    const text = `${'All is well here. '.repeat(5_000)}${fixture().blocked}.`;
    expect((await moderate(fixture(), [text])).ends).toEqual(['blocked']);
  });
}

function describeEnds({ fixture }: Cases): void {
  it('reports nothing more about a text that was aborted', async () => {
    const { moderator, settle } = fixture();
    const [controller, reported] = [new AbortController(), nothing()];
    const text = moderator.open(SUBJECT, listenerFor(reported), controller.signal);
    text.push('Good');
    controller.abort();
    const before = structuredClone(reported);
    text.push(` ${fixture().blocked} morning.`);
    text.end();
    await settle();
    expect(reported).toEqual(before);
  });

  it('reports nothing more about a text that was blocked', async () => {
    const reported = nothing();
    const text = fixture().moderator.open(SUBJECT, listenerFor(reported), new AbortController().signal);
    text.push(`${fixture().blocked} `);
    text.end();
    await fixture().settle();
    text.push('more');
    text.end();
    await fixture().settle();
    expect(reported.ends).toEqual(['blocked']);
  });
}

const SUBJECT = { kind: 'answer', siteId: 'demo' } as const;
const nothing = (): Reported => ({ passed: [], ends: [] });
const listenerFor = (reported: Reported) => ({
  passed: (chars: number) => void reported.passed.push(chars),
  blocked: () => void reported.ends.push('blocked'),
  failed: () => void reported.ends.push('failed'),
});

const cut = (text: string, size: number): string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    text.slice(index * size, (index + 1) * size),
  );

async function moderate({ moderator, settle }: ModeratorFixture, pieces: string[]): Promise<Reported> {
  const reported = nothing();
  const text = moderator.open(SUBJECT, listenerFor(reported), new AbortController().signal);
  for (const piece of pieces) text.push(piece);
  text.end();
  await settle();
  return reported;
}
