import { createSSRApp, h } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { expect, test } from 'vitest';
import { RivuletChat } from './index.ts';

test('on a server the component is an empty tag with its attributes', async () => {
  const html = await renderToString(
    createSSRApp({ render: () => h(RivuletChat, { site: 'shop', mode: 'inline' }) }),
  );
  expect(html).toBe('<rivulet-chat site="shop" mode="inline"></rivulet-chat>');
});
