import { ChatError, type Part } from '@rivulet/protocol';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { answer, userMessage } from '../testing/fake-chat.ts';
import { audit, unmountAll } from '../testing/mount.ts';

afterEach(unmountAll);

import {
  FORM,
  QUESTION,
  button,
  call,
  data,
  send,
  show,
  showCall,
  showParts,
  source,
} from '../testing/rich-scenes.ts';

for (const theme of ['light', 'dark'])
  test(`calls, cards, forms, sources and suggestions have no accessibility violation: ${theme}`, async () => {
    const card = {
      title: 'Chair',
      text: 'Alder.',
      actions: [{ label: 'Buy', url: 'https://shop.example/a' }],
    };
    const file = {
      type: 'file',
      fileId: 'f1',
      name: 'a.pdf',
      mediaType: 'application/pdf',
      sizeBytes: 9,
    } as const;
    const whole = [
      { type: 'text', text: 'So it is [1].' },
      call({ state: 'finished', output: { ok: true } }),
      call({ callId: 'call2', state: 'failed', error: new ChatError('internal').toBody() }),
      data('notice', { code: 'files-not-read', names: ['a.png'] }),
      data('card', card),
      data('form', FORM),
      source(1, 'https://docs.example/a'),
      file,
      data('suggestions', ['Yes', 'No']),
    ] as Part[];
    const mounted = await showParts(whole, { attributes: { theme } });
    for (const details of mounted.element.shadowRoot?.querySelectorAll('details') ?? []) details.open = true;
    expect(await audit(mounted.element)).toEqual([]);
    mounted.chat.setMessages([QUESTION, answer('answer02', [call()])]);
    await mounted.rendered();
    expect(await audit(mounted.element)).toEqual([]);
  });

describe('suggestions', () => {
  const parts: Part[] = [{ type: 'text', text: 'Well?' }, data('suggestions', ['Yes', 'No'])];

  test('are shown below the last answer and sent literally', async () => {
    const mounted = await showParts(parts);
    button(mounted, 'No').focus();
    await userEvent.keyboard('{Enter}');
    await mounted.rendered();
    expect(mounted.chat.calls).toEqual(['send No']);
    expect(mounted.has('.suggestions')).toBe(false);
  });

  test('a value that does not match the schema renders nothing', async () => {
    const { has } = await showParts([
      { type: 'text', text: 'Well?' },
      data('suggestions', 'Yes'),
      data('weather', 1),
    ]);
    expect(has('.suggestions')).toBe(false);
  });
});

describe('a form', () => {
  test('marks missing and invalid values, and focuses the first of them', async () => {
    const mounted = await showParts([data('form', FORM)]);
    await userEvent.fill(mounted.find('[name=email]'), 'nowhere');
    button(mounted, 'Send').click();
    await mounted.rendered();
    const problems = [...(mounted.element.shadowRoot?.querySelectorAll('.form-problem') ?? [])];
    expect(problems.map(({ textContent }) => textContent)).toEqual([
      'Please fill this in.',
      'Please enter an e-mail address, like name@example.com.',
    ]);
    expect(mounted.focused()).toBe(mounted.find('[name=name]'));
    await userEvent.fill(mounted.find('[name=name]'), 'Ada');
    await mounted.rendered();
    expect(mounted.find('[name=name]').getAttribute('aria-invalid')).toBe('false');
    expect(mounted.chat.calls).toEqual([]);
  });

  test('sends the values as a message, then shows as sent; the message lists them with their labels', async () => {
    const mounted = await showParts([data('form', FORM)]);
    await userEvent.fill(mounted.find('[name=name]'), 'Ada');
    await userEvent.fill(mounted.find('[name=email]'), 'ada@example.com');
    await userEvent.fill(mounted.find('[name=people]'), '2');
    await userEvent.selectOptions(mounted.find('[name=topic]'), 'o');
    await userEvent.click(mounted.find('[name=copy]'));
    await userEvent.click(button(mounted, 'Send'));
    await mounted.rendered();
    const values = { name: 'Ada', email: 'ada@example.com', people: 2, topic: 'o', copy: true };
    expect(mounted.chat.calls).toEqual([send(values)]);
    expect(mounted.find('.form-sent').textContent.trim()).toBe('Sent');
    const words = [...(mounted.element.shadowRoot?.querySelectorAll('dd') ?? [])];
    expect(words.map(({ textContent }) => textContent)).toEqual([
      'Ada',
      'ada@example.com',
      '2',
      'An order',
      'Yes',
    ]);
  });

  test('accepts fields of any name, including those of inherited properties', async () => {
    const fields = ['constructor', '__proto__'].map((name) => ({ name, label: name, kind: 'text' }));
    const mounted = await showParts([data('form', { ...FORM, fields })]);
    expect(mounted.has('.form-problem')).toBe(false);
    for (const { name } of fields) await userEvent.fill(mounted.find(`[name=${name}]`), 'Ada');
    await userEvent.click(button(mounted, 'Send'));
    await mounted.rendered();
    const values = Object.fromEntries(fields.map(({ name }) => [name, 'Ada']));
    expect(mounted.chat.calls).toEqual([send(values)]);
  });

  test('keeps its values for another attempt if a hook stops the message', async () => {
    const mounted = await showParts([
      data('form', { ...FORM, fields: [{ name: 'a', label: 'A', kind: 'text' }] }),
    ]);
    mounted.element.hook('before-send', ({ source }) => (source === 'form' ? false : undefined));
    button(mounted, 'Send').click();
    await vi.waitFor(() => {
      expect(mounted.has('.form-field')).toBe(true);
    });
    expect(mounted.chat.calls).toEqual([]);
  });

  test('is still shown as sent after a reload', async () => {
    const parts = [data('form-answer', { formId: 'contact', values: { name: 'Ada' } })];
    const asked = answer('answer01', [data('form', FORM)], { reason: 'stop' });
    const { has } = await show([QUESTION, asked, { ...userMessage('reply001', ''), parts }]);
    expect(has('.form-sent')).toBe(true);
  });
});

describe('a notice', () => {
  test('tells the visitor in their language which files the model cannot read (G20)', async () => {
    const notice = data('notice', { code: 'files-not-read', names: ['a.png', 'b.png'] });
    const { find } = await showParts([notice, { type: 'text', text: 'Hm.' }]);
    expect(find('.answer-notice').textContent.trim()).toBe(
      'The assistant cannot read this: a.png, b.png. You can describe it in words.',
    );
  });
});

describe('a card', () => {
  const image = { url: 'https://cdn.example/chair.png', alt: 'A chair' };
  const card = data('card', {
    title: 'Chair',
    image,
    actions: [{ label: 'In stock?', message: 'Is it in stock?' }],
  });

  test('loads its image only from allowed origins', async () => {
    const { has } = await showParts([card]);
    expect(has('.card-image')).toBe(false);
    unmountAll();
    const allowed = await showParts([card], { messages: { imageOrigins: ['https://cdn.example'] } });
    expect(allowed.find('.card-image').getAttribute('src')).toBe(image.url);
  });

  test('sends the meaning of its button as a message of the visitor', async () => {
    const mounted = await showParts([card]);
    button(mounted, 'In stock?').click();
    expect(mounted.chat.calls).toEqual(['send Is it in stock?']);
  });
});

describe('a renderer of the site', () => {
  const weather = (degrees: number) => [
    QUESTION,
    answer('answer01', [data('weather', { degrees })], { reason: 'stop' }),
  ];

  test('receives its data part and returns a node, again when the part changes', async () => {
    const renderer = vi.fn((value: unknown) =>
      Object.assign(document.createElement('b'), { textContent: JSON.stringify(value) }),
    );
    const mounted = await show(weather(3), { messages: { renderers: { weather: renderer } } });
    expect(mounted.find('rivulet-custom').textContent).toBe('{"degrees":3}');
    mounted.chat.setMessages(weather(4));
    await mounted.rendered();
    expect(mounted.find('rivulet-custom').textContent).toBe('{"degrees":4}');
    expect(renderer).toHaveBeenCalledTimes(2);
    expect(renderer.mock.lastCall?.at(1)).toMatchObject({ locale: 'en' });
  });

  test('that throws is reported to the page and renders nothing', async () => {
    const reported = vi.spyOn(window, 'reportError').mockReturnValue(undefined);
    const renderers = {
      weather: () => {
        throw new Error('broken');
      },
    };
    const { find } = await show(weather(3), { messages: { renderers } });
    expect(find('rivulet-custom').textContent).toBe('');
    expect(reported).toHaveBeenCalledOnce();
    reported.mockRestore();
  });
});

describe('sources', () => {
  const parts: Part[] = [
    { type: 'text', text: 'This [1], that [2][9], and `code[1]`.' },
    source(1),
    source(2, 'https://docs.example/b'),
  ];

  test('are linked from their numbers in the text; a number shows its source', async () => {
    const mounted = await showParts(parts);
    await vi.waitFor(() => {
      expect(mounted.has('.citation')).toBe(true);
    });
    expect(mounted.find('.markdown').textContent).toBe('This 1, that 2[9], and code[1].');
    button(mounted, 'Source 2: Title 2').focus();
    await userEvent.keyboard('{Enter}');
    const entry = mounted.find('[data-number="2"]');
    expect(mounted.focused()).toBe(entry);
    expect(entry.querySelector('.source-host')?.textContent).toBe('docs.example');
  });

  test('turn the marks of a file search into citations; marks of unknown sources are removed (W24)', async () => {
    const text = 'By 【4:0†Guide.pdf】, 【1†source】 and [citation:2], not 【9†source】 or 【4:1†b.pdf】.';
    const guide = { ...source(2), title: 'guide.pdf' } as Part;
    const mounted = await showParts([{ type: 'text', text }, source(1), guide]);
    await vi.waitFor(() => {
      const found = mounted.find('.markdown').querySelectorAll<HTMLElement>('.citation');
      const titles = [...found].map((citation) => citation.title);
      expect(titles).toEqual(['Source 2: guide.pdf', 'Source 1: Title 1', 'Source 2: guide.pdf']);
    });
    expect(mounted.find('.markdown').textContent).toBe('By2,1 and2, not or.');
  });

  test('are not linked while the text streams', async () => {
    const { has } = await show([QUESTION, answer('answer01', parts)]);
    expect([has('.sources'), has('.citation')]).toEqual([true, false]);
  });
});

test('texts of a locale that loads later replace those on screen, and texts of the site take precedence', async () => {
  const mounted = await showCall({}, { attributes: { locale: 'de' }, strings: { refuse: 'Nein' } });
  await vi.waitFor(() => button(mounted, 'Zustimmen'));
  expect(button(mounted, 'Nein')).toBeDefined();
});
