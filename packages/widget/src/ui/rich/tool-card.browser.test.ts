import { ChatError } from '@rivulet/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import { answer } from '../testing/fake-chat.ts';
import { audit, unmountAll } from '../testing/mount.ts';
import { QUESTION, button, call, announced, showCall, showParts } from '../testing/rich-scenes.ts';

afterEach(unmountAll);

const SCHEMA = {
  type: 'object',
  required: ['name', 'seats'],
  properties: {
    name: { type: 'string' },
    day: { type: 'string', format: 'date', title: 'Day of the visit' },
    seats: { type: 'integer', minimum: 1, maximum: 8, description: 'At most eight.' },
    window: { type: 'boolean' },
    meal: {
      oneOf: [
        { const: 'soup', title: 'Soup' },
        { const: 'salad', title: 'Salad' },
      ],
    },
  },
};

describe('a call of a tool', () => {
  test.each([
    ['called', 'Working…'],
    ['finished', 'Done'],
    ['refused', 'Declined'],
    ['failed', 'Did not work'],
  ] as const)('says how it is: %s', async (state, words) => {
    const { find, has } = await showCall({ state, output: { reference: 'CB-1' } });
    expect(find('.tool-state').textContent).toBe(words);
    expect(has('.tool-buttons')).toBe(false);
    expect(find('.tool-json').textContent).toBe('{\n  "name": "Ada"\n}');
    expect(find('.tool-json').dir).toBe('ltr');
  });

  test('shows a placeholder for a value that is nested too deeply to be formatted', async () => {
    let output: unknown = 'deep';
    for (let level = 0; level < 100_000; level += 1) output = [output];
    const { element } = await showCall({ state: 'finished', output });
    const texts = [...(element.shadowRoot?.querySelectorAll('.tool-json') ?? [])];
    expect(texts.map(({ textContent }) => textContent)).toEqual(['{\n  "name": "Ada"\n}', '…']);
  });

  test('shows the complete input that has to be approved', async () => {
    const { find } = await showCall({ input: { hint: `${'a'.repeat(30_000)} and the end` } });
    expect((find('.tool-decision textarea') as HTMLTextAreaElement).value).toContain('a and the end');
  });

  test('can only be declined if its input cannot be shown', async () => {
    let input: unknown = 'deep';
    for (let level = 0; level < 100_000; level += 1) input = [input];
    const { element } = await showCall({ input });
    const buttons = [...(element.shadowRoot?.querySelectorAll('.tool-buttons button') ?? [])];
    expect(buttons.map(({ textContent }) => textContent.trim())).toEqual(['Decline']);
  });

  test.each([
    ['Approve', 'approve call1'],
    ['Decline', 'refuse call1'],
  ])('waits for a person: %s', async (name, asked) => {
    const mounted = await showCall();
    expect(announced(mounted)).toBe('The assistant asks for your approval: book callback.');
    button(mounted, name).focus();
    await userEvent.keyboard('{Enter}');
    expect(mounted.chat.calls).toEqual([asked]);
    mounted.chat.setMessages([QUESTION, answer('answer01', [call({ state: 'approved' })])]);
    await mounted.rendered();
    expect(mounted.focused()).toBe(mounted.find('.tool summary'));
    expect(announced(mounted)).toBe(name === 'Approve' ? 'Approved.' : 'Declined.');
  });

  test('shows a field for each value, by the schema, and sends what the visitor has changed', async () => {
    const mounted = await showCall({
      input: { name: 'Ada', day: '2026-12-01', seats: 2, window: true, meal: 'soup' },
      inputSchema: SCHEMA,
    });
    const kinds = [...mounted.find('.tool-decision').querySelectorAll('[data-field]')].map(
      (control) => control.getAttribute('type') ?? control.localName,
    );
    expect(kinds).toEqual(['text', 'date', 'number', 'checkbox', 'select']);
    expect(await audit(mounted.element)).toEqual([]);
    await userEvent.fill(mounted.find('[type=date]'), '2026-12-24');
    await userEvent.selectOptions(mounted.find('.tool-decision select'), 'Salad');
    button(mounted, 'Approve').click();
    expect(mounted.chat.calls).toEqual([
      'approve call1 {"name":"Ada","day":"2026-12-24","seats":2,"window":true,"meal":"salad"}',
    ]);
  });

  test('a value that does not fit is marked, has the focus and is not sent', async () => {
    const mounted = await showCall({ input: { name: 'Ada', seats: 2 }, inputSchema: SCHEMA });
    await userEvent.fill(mounted.find('[type=number]'), '12');
    await userEvent.fill(mounted.find('.tool-decision [type=text]'), '');
    button(mounted, 'Approve').click();
    await mounted.rendered();
    const problems = [...mounted.find('.tool-decision').querySelectorAll('.form-problem')];
    expect(problems.map(({ textContent }) => textContent)).toEqual([
      'Please fill this in.',
      'Please check this value.',
    ]);
    expect(mounted.focused()).toBe(mounted.find('.tool-decision [type=text]'));
    expect(mounted.chat.calls).toEqual([]);
  });

  test('a decision that is rejected explains why and can be repeated', async () => {
    const mounted = await showCall();
    mounted.chat.rejection = new ChatError('bad-frame');
    button(mounted, 'Approve').click();
    await mounted.rendered();
    expect(mounted.find('.tool-problem').textContent).toBe('These values do not fit. Please check them.');
    expect(button(mounted, 'Approve').getAttribute('aria-disabled')).toBe('false');
  });

  test('has an error message of its own when several calls have one', async () => {
    const mounted = await showCall();
    const parts = [call(), call({ callId: 'call2' })];
    mounted.chat.setMessages([QUESTION, answer('answer01', parts)]);
    await mounted.rendered();
    mounted.chat.rejection = new ChatError('bad-frame');
    const all = (selector: string) => [
      ...(mounted.element.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? []),
    ];
    for (const approve of all('.tool-buttons .is-primary')) approve.click();
    await mounted.rendered();
    expect(new Set(all('.tool-problem').map(({ id }) => id)).size).toBe(2);
    expect(await audit(mounted.element)).toEqual([]);
  });

  test('of a finished answer offers no decision', async () => {
    const { find, has } = await showParts([call()]);
    expect(find('.tool-state').textContent).toBe('Not decided');
    expect(has('.tool-buttons')).toBe(false);
  });
});
