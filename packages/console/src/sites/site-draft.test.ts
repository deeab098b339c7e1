import { describe, expect, it } from 'vitest';
import type { SiteView } from './site-data.ts';
import {
  configuredValue,
  draftValue,
  isEdited,
  linesIn,
  NO_CHANGES,
  numberIn,
  rebased,
  requestOf,
  withReset,
  withValue,
} from './site-draft.ts';

const site = {
  revision: 4,
  settings: [
    { path: 'model', value: 'large', state: 'edited', configured: 'small' },
    { path: 'systemPrompt', value: null, state: 'edited', configured: 'Be kind.' },
    { path: 'widget.start.prompts', value: ['a', 'b'], state: 'configured' },
  ],
} as unknown as SiteView; // what a draft looks at

describe('a draft', () => {
  it('shows what is served until something else is filled in', () => {
    expect(draftValue(site, NO_CHANGES, 'model')).toBe('large');
    expect(draftValue(site, NO_CHANGES, 'widget.start.detail')).toBeNull();
    const draft = withValue(site, NO_CHANGES, { path: 'model', value: 'huge', raw: 'huge' });
    expect(draftValue(site, draft, 'model')).toBe('huge');
    expect(NO_CHANGES.size).toBe(0);
  });

  it('has no change for what is served already, in whatever order its names are', () => {
    let draft = withValue(site, NO_CHANGES, { path: 'model', value: 'huge' });
    draft = withValue(site, draft, { path: 'model', value: 'large' });
    draft = withValue(site, draft, { path: 'widget.start.prompts', value: ['a', 'b'] });
    expect(draft.size).toBe(0);
  });

  it('goes back to the configuration, also for what is not saved', () => {
    const draft = withReset(
      site,
      withValue(site, NO_CHANGES, { path: 'maxAnswerChars', value: 5 }),
      'maxAnswerChars',
    );
    expect(draft.size).toBe(0);
    const back = withReset(site, withReset(site, NO_CHANGES, 'model'), 'systemPrompt');
    expect([draftValue(site, back, 'model'), draftValue(site, back, 'systemPrompt')]).toEqual([
      'small',
      'Be kind.',
    ]);
    expect(isEdited(site, back, 'model')).toBe(false);
    expect(requestOf(site, back)).toEqual({ revision: 4, set: {}, reset: ['model', 'systemPrompt'] });
  });

  it('is saved with the revision that was seen', () => {
    const draft = withValue(site, NO_CHANGES, { path: 'request.temperature', value: 0.5, raw: '0,5' });
    expect(requestOf(site, draft)).toEqual({ revision: 4, set: { 'request.temperature': 0.5 }, reset: [] });
    expect(isEdited(site, draft, 'request.temperature')).toBe(true);
    expect(isEdited(site, NO_CHANGES, 'model')).toBe(true);
    expect(configuredValue(site, 'model')).toBe('small');
  });

  it('stays over what somebody else has saved, as far as it still differs', () => {
    let draft = withValue(site, NO_CHANGES, { path: 'model', value: 'huge' });
    draft = withReset(site, withValue(site, draft, { path: 'maxAnswerChars', value: 5 }), 'systemPrompt');
    const theirs = {
      revision: 5,
      settings: [{ path: 'model', value: 'huge', state: 'configured' }],
    } as unknown as SiteView;
    expect([...rebased(theirs, draft)]).toEqual([['maxAnswerChars', { kind: 'set', value: 5 }]]);
  });
});

it.each([
  ['5', 5],
  [' 0,5 ', 0.5],
  ['-1', -1],
  ['', null],
  ['off', 'off'],
  ['1e9', '1e9'],
  ['12345678901234567890', '12345678901234567890'],
])('of %j the number is %j', (text, number) => {
  expect(numberIn(text)).toBe(number);
});

it('lines are those that are not empty', () => {
  expect(linesIn(' a \n\nb\n')).toEqual(['a', 'b']);
  expect(linesIn('\n ')).toBeNull();
});
