import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CLOSE_CODES, comeBackAfter } from './codec/close-codes.ts';
import { decodeCommands, decodeEvents } from './codec/codec.ts';
import { CommandSchema } from './schemas/commands.ts';
import { DATA_PARTS, FORM_FIELD_KINDS } from './schemas/data-parts.ts';
import { ERRORS } from './schemas/error-sentences.ts';
import { isLogged } from './schemas/events.ts';
import { LiveEventSchema } from './schemas/live-events.ts';
import { LoggedEventSchema } from './schemas/logged-events.ts';
import { emptyConversation, textOf } from './schemas/message.ts';
import { replayTranscript } from './testing/transcript.ts';
import { PROTOCOL_VERSION } from './codec/version.ts';
import { joinSnapshot } from './conversation/view.ts';

const text = readFileSync(new URL('../../../PROTOCOL.md', import.meta.url), 'utf8');
const sectionOf = (number: number) =>
  text.split(/^## §/m).find((part) => part.startsWith(`${number} `)) ?? '';

/** The tables of a section, each a list of rows of cells without their code marks. */
function tablesOf(number: number): string[][][] {
  const tables = sectionOf(number).match(/(?:^\|.*\n)+/gm) ?? [];
  return tables.map((table) =>
    table
      .trim()
      .split('\n')
      .slice(2) // the head and its rule
      .map((row) =>
        row
          .slice(1, -1)
          .split(/ \| /)
          .map((cell) => cell.trim().replaceAll('`', '')),
      ),
  );
}

interface Option {
  entries: Record<string, { type: string }> & { type: { type: string; literal: string } };
}
/** What a table of types must say: the type, and its fields, `?` at those that may be absent. */
const rowsOf = (options: readonly Option[], omit: readonly string[]) =>
  options.map(({ entries }) => {
    const fields = Object.entries(entries).filter(([name]) => !omit.includes(name));
    const marked = fields.map(([name, schema]) => (schema.type === 'optional' ? `${name}?` : name));
    return [entries.type.literal, marked.join(' ') || '–'];
  });
const firstTwo = (table: string[][] | undefined) => table?.map((row) => row.slice(0, 2));

describe('PROTOCOL.md', () => {
  it('is of this version', () => {
    expect(text).toMatch(new RegExp(`^# .*version ${PROTOCOL_VERSION.replace('.', '\\.')}$`, 'm'));
  });

  it('lists every command with its fields, and no other', () => {
    expect(firstTwo(tablesOf(9)[0])).toEqual(rowsOf(CommandSchema.options, ['type', 'id']));
  });

  it('lists every event with its fields, and no other', () => {
    const [logged, live] = tablesOf(10);
    expect(firstTwo(logged)).toEqual(
      rowsOf(LoggedEventSchema.options, ['type', 'conversationId', 'seq', 'first']),
    );
    expect(firstTwo(live)).toEqual(rowsOf(LiveEventSchema.options, ['type']));
  });

  it('lists every error with what may be done about it and its sentence', () => {
    const rows = Object.entries(ERRORS).map(([code, { retry, message }]) => [
      code,
      retry,
      message.replaceAll('`', ''),
    ]);
    expect(tablesOf(11)[0]).toEqual(rows);
  });

  it('lists every close code with its number and when to come back', () => {
    const rows = Object.entries(CLOSE_CODES).map(([name, code]) => [name, String(code), comeBackAfter(code)]);
    expect(tablesOf(12)[0]?.map((row) => row.slice(0, 3))).toEqual(rows);
  });

  it('lists every standard data part, and every kind of a field', () => {
    expect(tablesOf(10)[2]?.map(([name]) => name)).toEqual(Object.keys(DATA_PARTS));
    for (const kind of FORM_FIELD_KINDS) expect(sectionOf(10)).toContain(`\`${kind}\``);
  });

  it('has sections 1 to 17', () => {
    const numbers = [...text.matchAll(/^## §(\d+) /gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: 17 }, (_, index) => index + 1));
  });

  it('has nine invariants, each with tests, and with breaks that these have caught', () => {
    const invariants = sectionOf(17)
      .split(/^\*\*(?=\d\. )/m)
      .slice(1); // their tests are looked up by breaks.test.ts
    expect(invariants.map((text) => text[0])).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
    for (const invariant of invariants) {
      expect(invariant).toMatch(/^- `[\w/.-]+\.ts`: “.+”$/m);
      expect(invariant.match(/^ {2}- break: /gm)?.length, invariant).toBeGreaterThanOrEqual(2);
    }
  });
});

describe('the frames that PROTOCOL.md shows', () => {
  const lines = [...text.matchAll(/^([CG]) (\S.*)$/gm)].map(([, side, frame]) => ({
    side,
    frame: frame ?? '',
  }));
  const events = lines.flatMap(({ side, frame }) => (side === 'G' ? decodeEvents(frame).items : []));

  it('are frames of this version, with no field that it does not know', () => {
    expect(lines.length).toBeGreaterThan(9);
    for (const { side, frame } of lines) {
      const { items, ignored } = side === 'C' ? decodeCommands(frame) : decodeEvents(frame);
      expect([items, ignored]).toEqual([[JSON.parse(frame)].flat(), 0]);
    }
  });

  it('give the client that came back the same words as the one that stayed', () => {
    const snapshot = events.find((event) => event.type === 'snapshot')!;
    const logged = events.filter(isLogged);
    const [stayed, back] = [logged.slice(0, -1), [...logged.slice(0, 2), ...logged.slice(-1)]].map((part) => {
      const view = replayTranscript(
        emptyConversation(snapshot.conversationId, 0),
        part,
        joinSnapshot(undefined, snapshot),
      );
      return view.conversation.messages.map(textOf);
    });
    expect(stayed).toEqual(['What is Rivulet?', 'Rivulet puts a chat on any page.']);
    expect(back).toEqual(stayed);
  });
});
