/** The base class of the widget's elements. */
import { afterEach, expect, test, vi } from 'vitest';
import { html, type TemplateResult } from './lit.ts';
import { ReactiveElement, type PropertyValues } from './reactive-element.ts';

/** Records what is called. */
class TestElement extends ReactiveElement {
  static override readonly properties = ['text', 'size'];
  declare text: string;
  declare size: number | undefined;
  calls: string[] = [];
  /** Called before each render. */
  onUpdate = (_changed: PropertyValues<this>): void => undefined;

  override willUpdate(changed: PropertyValues<this>): void {
    this.calls.push('willUpdate');
    this.onUpdate(changed);
  }
  override render(): TemplateResult {
    this.calls.push(`render ${this.text}`);
    return html`<p>${this.text}</p>`;
  }
  override firstUpdated(): void {
    this.calls.push('firstUpdated');
  }
  override updated(): void {
    this.calls.push('updated');
  }
}
customElements.define('test-reactive', TestElement);

afterEach(() => {
  document.body.replaceChildren();
});

async function show(text = 'one'): Promise<TestElement> {
  const element = Object.assign(new TestElement(), { text });
  document.body.append(element);
  await element.updateComplete;
  return element;
}

test('an element renders once it is connected, into itself, with its hooks in order', async () => {
  const element = Object.assign(new TestElement(), { text: 'one' });
  await Promise.resolve();
  expect([element.calls, element.hasUpdated]).toEqual([[], false]);
  document.body.append(element);
  expect(await element.updateComplete).toBe(true);
  expect(element.calls).toEqual(['willUpdate', 'render one', 'firstUpdated', 'updated']);
  expect([element.textContent, element.hasUpdated]).toEqual(['one', true]);
});

test('changes in one task are one update, which knows the first of the former values', async () => {
  const element = await show();
  const seen: unknown[] = [];
  element.onUpdate = (changed) => {
    seen.push(changed.get('text'), changed.has('size'));
  };
  element.text = 'two';
  element.text = 'three';
  expect(element.textContent).toBe('one');
  await element.updateComplete;
  expect([element.textContent, seen]).toEqual(['three', ['one', false]]);
});

test('a value that is the same needs no update', async () => {
  const element = await show();
  element.calls = [];
  element.text = 'one';
  expect(await element.updateComplete).toBe(true);
  expect(element.calls).toEqual([]);
  element.requestUpdate();
  await element.updateComplete;
  expect(element.calls).toEqual(['willUpdate', 'render one', 'updated']);
});

test('what willUpdate changes belongs to the update, what updated changes needs another one', async () => {
  const element = await show();
  element.calls = [];
  element.onUpdate = () => {
    element.text = 'derived';
  };
  vi.spyOn(element, 'updated').mockImplementationOnce(() => {
    element.size = 2;
  });
  element.text = 'two';
  expect(await element.updateComplete).toBe(false);
  expect(await element.updateComplete).toBe(true);
  expect(element.calls.filter((call) => call.startsWith('render'))).toEqual([
    'render derived',
    'render derived',
  ]);
});

test('an error in an update rejects its promise, and the next update runs', async () => {
  const element = await show();
  element.onUpdate = () => {
    element.onUpdate = () => undefined;
    throw new TypeError('a bug');
  };
  element.text = 'two';
  await expect(element.updateComplete).rejects.toThrow('a bug');
  const reported = vi.spyOn(globalThis, 'reportError').mockImplementation(() => undefined);
  element.text = 'three';
  await element.updateComplete;
  expect([element.textContent, reported.mock.calls.length]).toEqual(['three', 1]);
  reported.mockRestore();
});

test('controllers hear of the connection and of each update; one that is added later, at once', async () => {
  const element = await show();
  const heard: string[] = [];
  element.addController({
    hostConnected: () => heard.push('connected'),
    hostDisconnected: () => heard.push('disconnected'),
    hostUpdate: () => heard.push('update'),
    hostUpdated: () => heard.push(`updated ${element.textContent}`),
  });
  element.text = 'two';
  await element.updateComplete;
  element.remove();
  document.body.append(element);
  expect(heard).toEqual(['connected', 'update', 'updated two', 'disconnected', 'connected']);
});

test('each class has the properties of its own', async () => {
  class OtherElement extends TestElement {
    static override readonly properties = ['text', 'size', 'other'];
    declare other: string;
  }
  customElements.define('test-other', OtherElement);
  const element = document.body.appendChild(new OtherElement());
  await element.updateComplete;
  element.calls = [];
  element.other = 'x';
  await element.updateComplete;
  expect([element.calls.length, 'other' in TestElement.prototype]).toEqual([3, false]);
});
