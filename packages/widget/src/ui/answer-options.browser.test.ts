import { afterEach, expect, test } from 'vitest';
import type { AnswerOptions } from './answer-options.ts';
import { defineElements } from './define-elements.ts';
import { en } from './strings/en.ts';

defineElements();
afterEach(() => {
  document.body.replaceChildren();
});

async function show(text: string, options?: AnswerOptions) {
  const answer = document.createElement('rivulet-markdown');
  Object.assign(answer, { text, state: 'streaming', strings: en, options });
  document.body.append(answer);
  await answer.updateComplete;
  return answer;
}

const IMAGE = '![a cat](https://images.example/cat.png)';

test('an image of a named origin is loaded lazily and without a referrer, any other one is a chip', async () => {
  const answer = await show(`${IMAGE} ![b](https://evil.example/b.png)`, {
    imageOrigins: ['https://images.example'],
  });
  const image = answer.querySelector('img')!;
  expect([image.loading, image.decoding, image.referrerPolicy]).toEqual(['lazy', 'async', 'no-referrer']);
  const chip = answer.querySelector<HTMLElement>('.blocked-image')!;
  expect([chip.textContent, chip.dataset.host]).toEqual(['b', 'evil.example']);
  expect((await show(IMAGE, { imageOrigins: ['*'] })).querySelector('img')).not.toBeNull();
  expect(
    (await show(IMAGE, { imageOrigins: ['https://images.example.evil'] })).querySelector('img'),
  ).toBeNull();
});

const SOURCES = [
  { id: 'guide', title: 'The guide', url: 'https://docs.example/guide' },
  { id: 'file', title: 'A file' },
];

test('a number or an id of a source becomes a small link to it, other brackets stay', async () => {
  const answer = await show('So [1], [^guide], [2] and [3]; [x](https://a.example).', { sources: SOURCES });
  const citations = [...answer.querySelectorAll<HTMLAnchorElement>('.citation')];
  expect(citations.map((one) => [one.textContent, one.href, one.title])).toEqual([
    ['1', SOURCES[0]!.url, 'The guide'],
    ['^guide', SOURCES[0]!.url, 'The guide'],
  ]);
  expect(answer.textContent).toContain('[2] and [3]; x.');
});

test('a source that comes after the words makes them a citation, and touches nothing else', async () => {
  const answer = await show('Words *here*.\n\nSo [1] it is.');
  const [first] = answer.querySelectorAll('p');
  const before = first!.firstChild;
  answer.options = { sources: SOURCES };
  await answer.updateComplete;
  expect(answer.querySelector('.citation')?.textContent).toBe('1');
  expect(answer.querySelector('p')!.firstChild).toBe(before);
});

test('options that are made anew for each delta, and say the same, change nothing', async () => {
  const answer = await show(IMAGE, { imageOrigins: ['*'], sources: SOURCES });
  const image = answer.querySelector('img');
  answer.options = { imageOrigins: ['*'], sources: [...SOURCES] };
  answer.text += ' more';
  await answer.updateComplete;
  expect(answer.querySelector('img')).toBe(image);
  answer.options = {};
  await answer.updateComplete;
  expect(answer.querySelector('img')).toBeNull();
});
