import { afterEach, expect, test } from 'vitest';
import type { AnswerOptions } from './answer-options.ts';
import { defineElements } from '../app/define-elements.ts';
import { en } from '../i18n/core/en.ts';

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

test('an image of an allowed origin is loaded lazily and without a referrer, any other is a chip', async () => {
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

test('a new options object with equal content does not render the answer again', async () => {
  const answer = await show(IMAGE, { imageOrigins: ['*'] });
  const image = answer.querySelector('img');
  answer.options = { imageOrigins: ['*'] };
  answer.text += ' more';
  await answer.updateComplete;
  expect(answer.querySelector('img')).toBe(image);
  answer.options = {};
  await answer.updateComplete;
  expect(answer.querySelector('img')).toBeNull();
});
