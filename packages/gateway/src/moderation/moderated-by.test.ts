import { describe, expect, it, vi } from 'vitest';
import { createFakeClock } from '../testing/fake-clock.ts';
import { moderatedBy } from './moderated-by.ts';
import type { ModerationListener, Moderator } from './moderator.ts';

/** A moderator that reports what the test says. */
const scripted = (name = 'scripted') => {
  let listener: ModerationListener | undefined;
  const moderator: Moderator = {
    name,
    open: (_subject, given) => {
      listener = given;
      return { push: () => undefined, end: () => undefined };
    },
  };
  const say = (act: (given: ModerationListener) => void) => {
    if (listener !== undefined) act(listener);
  };
  return { moderator, say };
};

const begin = (moderators: readonly Moderator[], onFailure: 'block' | 'allow' = 'block') => {
  const clock = createFakeClock();
  const controller = new AbortController();
  const heard = { passed: vi.fn(), complete: vi.fn(), blocked: vi.fn(), failed: vi.fn(() => onFailure) };
  const subject = { kind: 'answer', siteId: 'demo' } as const;
  const text = moderatedBy(moderators, subject, { listener: heard, signal: controller.signal, clock });
  return { text, heard, clock, controller };
};

describe('several moderators', () => {
  it('show a text as far as all of them have passed it', () => {
    const [one, other] = [scripted(), scripted()];
    const { text, heard } = begin([one.moderator, other.moderator]);
    text.push('Hello');
    one.say(({ passed }) => {
      passed(5);
    });
    expect(heard.passed).not.toHaveBeenCalled();
    other.say(({ passed }) => {
      passed(3);
    });
    expect(heard.passed.mock.calls).toEqual([[3]]);
  });

  it('block a text when one of them does, and say who', () => {
    const [one, other] = [scripted('one'), scripted('other')];
    const { text, heard } = begin([one.moderator, other.moderator]);
    text.push('Hello');
    other.say(({ blocked }) => {
      blocked('why');
    });
    one.say(({ passed }) => {
      passed(5);
    });
    expect(heard.blocked.mock.calls).toEqual([['why', 'other']]);
    expect(heard.passed).not.toHaveBeenCalled();
  });

  it.each([
    ['block', []],
    ['allow', [[5]]],
  ] as const)('%s a text when one of them fails and the site says so', (onFailure, passed) => {
    const [one, other] = [scripted(), scripted()];
    const { text, heard } = begin([one.moderator, other.moderator], onFailure);
    text.push('Hello');
    one.say(({ failed }) => {
      failed(new Error('broken'));
    });
    other.say((given) => {
      given.passed(5);
    });
    expect(heard.passed.mock.calls).toEqual(passed);
  });
});

describe('a moderator', () => {
  it.each([6, -1, 1.5, Number.NaN, Infinity])('has failed when it passes %s of 5 characters', (chars) => {
    const one = scripted();
    const { text, heard } = begin([one.moderator]);
    text.push('Hello');
    one.say(({ passed }) => {
      passed(chars);
    });
    expect(heard.failed).toHaveBeenCalledOnce();
    expect(heard.passed).not.toHaveBeenCalled();
  });

  it.each(['open', 'push', 'end'] as const)('has failed when its %s throws', (method) => {
    const fail = () => {
      throw new Error('broken');
    };
    const text = {
      push: () => undefined,
      end: () => undefined,
      ...(method === 'open' ? {} : { [method]: fail }),
    };
    const { text: given, heard } = begin([{ name: 'broken', open: method === 'open' ? fail : () => text }]);
    given.push('Hello');
    given.end();
    expect(heard.failed).toHaveBeenCalledOnce();
    expect(heard.passed).not.toHaveBeenCalled();
  });

  it('has failed when it says nothing for 30 s after the end', () => {
    const { text, heard, clock } = begin([scripted().moderator]);
    text.push('Hello');
    text.end();
    clock.advance(29_999);
    expect(heard.failed).not.toHaveBeenCalled();
    clock.advance(1);
    expect(heard.failed).toHaveBeenCalledOnce();
  });

  it('is not heard, and leaves no timer, after the text is aborted', () => {
    const one = scripted();
    const { text, heard, clock, controller } = begin([one.moderator]);
    text.push('Hello');
    text.end();
    controller.abort();
    one.say(({ passed }) => {
      passed(5);
    });
    expect(heard.passed).not.toHaveBeenCalled();
    expect(clock.pending).toBe(0);
  });
});
