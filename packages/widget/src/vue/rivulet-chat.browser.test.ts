import { createApp, defineComponent, h, nextTick, ref, shallowRef, type App } from 'vue';
import { afterEach, expect, test, vi } from 'vitest';
import { defineChat } from '../shell/define-chat.ts';
import type { ChatOptions } from '../shell/options.ts';
import { FakeChat } from '../ui/testing/fake-chat.ts';
import { RivuletChat, useChat } from './index.ts';

defineChat(() => new Promise(() => undefined));

let app: App | undefined;
afterEach(() => {
  app?.unmount();
  document.body.replaceChildren();
});

function mount(render: () => unknown): void {
  app = createApp(defineComponent({ render }));
  app.mount(document.body.appendChild(document.createElement('div')));
}
const element = () => document.querySelector('rivulet-chat') ?? expect.unreachable('not rendered');

test('props become attributes and options of the element, and follow', async () => {
  const place = ref<{ site?: string }>({ site: 'shop' });
  const options = ref<ChatOptions>({ header: { title: 'One' } });
  mount(() => h(RivuletChat, { ...place.value, options: options.value }));
  await vi.waitFor(() => {
    expect([element().site, element().options.header?.title]).toEqual(['shop', 'One']);
  });
  place.value = {};
  options.value = { header: { title: 'Two' } };
  await vi.waitFor(() => {
    expect([element().hasAttribute('site'), element().options.header?.title]).toEqual([false, 'Two']);
  });
});

test('events of the element are emitted with their detail', () => {
  const onRunEnd = vi.fn();
  mount(() => h(RivuletChat, { onRunEnd }));
  element().dispatchEvent(new CustomEvent('rivulet-run-end', { detail: { text: 'Yes.' } }));
  expect(onRunEnd).toHaveBeenCalledExactlyOnceWith({ text: 'Yes.' });
});

test('what stands in the slot stands in the element', () => {
  mount(() => h(RivuletChat, null, () => h('b', { slot: 'launcher' }, 'Ask')));
  expect(element().querySelector('[slot=launcher]')?.textContent).toBe('Ask');
});

test('useChat follows the snapshot of a headless chat until its scope ends', async () => {
  const chat = new FakeChat();
  const Status = defineComponent(() => {
    const snapshot = useChat(chat);
    return () => h('p', snapshot.value.status);
  });
  const shown = shallowRef(true);
  mount(() => (shown.value ? h(Status) : null));
  chat.set({ status: 'online' });
  await nextTick();
  expect(document.body.textContent).toBe('online');
  shown.value = false;
  await nextTick();
  expect(chat.listenerCount).toBe(0);
});
