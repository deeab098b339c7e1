import { StrictMode, createElement, createRef } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { createPortal, flushSync } from 'react-dom';
import { afterEach, expect, test, vi } from 'vitest';
import { defineChat } from '../shell/define-chat.ts';
import type { RivuletChat as RivuletChatElement } from '../shell/rivulet-chat.ts';
import { FakeChat } from '../ui/testing/fake-chat.ts';
import { RivuletChat, useChat, type RivuletChatProps } from './index.ts';

defineChat(() => new Promise(() => undefined));

let root: Root | undefined;
afterEach(() => {
  root?.unmount();
  document.body.replaceChildren();
});

function render(props: RivuletChatProps) {
  const ref = createRef<RivuletChatElement>();
  const box = document.body.appendChild(document.createElement('div'));
  root = createRoot(box);
  const show = (next: RivuletChatProps) => {
    flushSync(() =>
      root?.render(createElement(StrictMode, null, createElement(RivuletChat, { ...next, ref }))),
    );
  };
  show(props);
  return { show, element: () => ref.current ?? expect.unreachable('not rendered') };
}

test('props become attributes and options of the element, and follow', async () => {
  const { show, element } = render({ site: 'shop', options: { header: { title: 'One' } } });
  await vi.waitFor(() => {
    expect(element().options).toEqual({ header: { title: 'One' } });
  });
  show({ site: 'other', options: { header: { title: 'Two' } } });
  await vi.waitFor(() => {
    expect([element().site, element().options.header?.title]).toEqual(['other', 'Two']);
  });
});

test('the newest handler gets an event, once, and none after the component has gone', () => {
  const [before, after] = [vi.fn(), vi.fn()];
  const { show, element } = render({ onRunEnd: before });
  show({ onRunEnd: after });
  const gone = element();
  gone.dispatchEvent(new CustomEvent('rivulet-run-end'));
  flushSync(() => root?.unmount());
  gone.dispatchEvent(new CustomEvent('rivulet-run-end'));
  expect([before.mock.calls.length, after.mock.calls.length]).toEqual([0, 1]);
});

test('it lives in a portal', async () => {
  const target = document.body.appendChild(document.createElement('dialog'));
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(createPortal(createElement(RivuletChat, { site: 'shop' }), target));
  await vi.waitFor(() => {
    expect(target.querySelector('rivulet-chat')).toHaveProperty('site', 'shop');
  });
});

test('useChat renders the snapshot of a headless chat and follows it', () => {
  const chat = new FakeChat();
  const Status = () => createElement('p', null, useChat(chat).status);
  root = createRoot(document.body.appendChild(document.createElement('div')));
  flushSync(() => root?.render(createElement(Status)));
  expect(document.body.textContent).toBe('idle');
  flushSync(() => {
    chat.set({ status: 'online' });
  });
  expect(document.body.textContent).toBe('online');
  flushSync(() => root?.unmount());
  expect(chat.listenerCount).toBe(0);
});
