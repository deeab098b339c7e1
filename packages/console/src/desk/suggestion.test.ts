import { expect, it, vi } from 'vitest';
import { Suggestion, type Suggested } from './suggestion.ts';

function createSuggestion() {
  const [written, failed] = [vi.fn(), vi.fn()];
  const answers: { resolve: (suggested: Suggested) => void; reject: (error: Error) => void }[] = [];
  const suggestion = new Suggestion({
    ...{ written, failed, changed: () => undefined },
    ask: () => new Promise((resolve, reject) => answers.push({ resolve, reject })),
  });
  return { suggestion, answers, written, failed };
}
const DRAFT = { text: 'It is on its way.', isCut: false };

it('is written once, and a failure is told', async () => {
  const { suggestion, answers, written, failed } = createSuggestion();
  const first = suggestion.toggle();
  expect(suggestion.isWriting).toBe(true);
  answers[0]?.resolve(DRAFT);
  await first;
  const second = suggestion.toggle();
  answers[1]?.reject(new Error('budget'));
  await second;
  expect([written.mock.calls, failed.mock.calls.length, suggestion.isWriting]).toEqual([[[DRAFT]], 1, false]);
});

it('that was stopped does not come later, also when another one was begun', async () => {
  const { suggestion, answers, written, failed } = createSuggestion();
  const first = suggestion.toggle();
  await suggestion.toggle();
  const second = suggestion.toggle();
  answers[0]?.resolve({ text: 'late', isCut: false });
  await first;
  expect([suggestion.isWriting, written.mock.calls.length]).toEqual([true, 0]);
  answers[1]?.resolve(DRAFT);
  await second;
  expect([written.mock.calls, failed.mock.calls.length]).toEqual([[[DRAFT]], 0]);
});
