import { expect, test } from 'vitest';

test('on a server the package and its definition are imported without an element, and define nothing (W77)', async () => {
  expect(globalThis).not.toHaveProperty('HTMLElement');
  const { RivuletChat, defineChat } = await import('../index.ts');
  const definition = await import('../define.ts');
  defineChat(RivuletChat.loadApp);
  expect(Object.keys(definition)).toEqual([]);
  expect(typeof RivuletChat).toBe('function');
});
