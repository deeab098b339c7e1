import { beforeEach, expect, test, vi } from 'vitest';
import { de } from './core/de.ts';
import { en } from './core/en.ts';
import { errorsEn } from './core/errors-en.ts';

beforeEach(() => {
  vi.resetModules();
  vi.doUnmock('./core/errors-en.ts');
});
const load = () => import('./error-texts.ts');

test('the English text of an error is loaded with the first error, and then there at once', async () => {
  const { errorText } = await load();
  const changed = vi.fn();
  expect(errorText('busy', en, changed)).toBeUndefined();
  await vi.waitFor(() => {
    expect(changed).toHaveBeenCalledOnce();
  });
  expect(errorText('busy', en, changed)).toBe(errorsEn.busy);
  expect(errorText('internal', en, changed)).toBe(en.error);
});

test('what is there already is not waited for: the general text, those of the site, those of other languages', async () => {
  const { errorText } = await load();
  const changed = vi.fn();
  expect(errorText(undefined, en, changed)).toBe(en.error);
  expect(errorText('busy', { ...en, errors: { busy: 'Moment!' } }, changed)).toBe('Moment!');
  expect([errorText('busy', de, changed), errorText('internal', de, changed)]).toEqual([
    de.errors.busy,
    de.error,
  ]);
  expect(changed).not.toHaveBeenCalled();
});

test('errors have the general text if the others cannot be loaded, until they can', async () => {
  vi.doMock('./core/errors-en.ts', () => {
    throw new TypeError('offline');
  });
  const { errorText, loadErrorTexts } = await load();
  await loadErrorTexts(en);
  expect(errorText('busy', en, vi.fn())).toBe(en.error);
  vi.doUnmock('./core/errors-en.ts');
  vi.doMock('./core/errors-en.ts', () => ({ errorsEn }));
  await loadErrorTexts(en);
  expect(errorText('busy', en, vi.fn())).toBe(errorsEn.busy);
});

test('texts that were loaded before they are needed are not loaded again', async () => {
  const { errorText, loadErrorTexts } = await load();
  await loadErrorTexts(en);
  expect(errorText('not-found', en, vi.fn())).toBe(errorsEn['not-found']);
});
