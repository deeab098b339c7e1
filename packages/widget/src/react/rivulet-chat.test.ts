import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';
import { RivuletChat } from './index.ts';

test('on a server the component is an empty tag with its attributes', () => {
  const html = renderToString(
    createElement(RivuletChat, { site: 'shop', mode: 'inline', className: 'side' }),
  );
  expect(html).toBe('<rivulet-chat site="shop" mode="inline" class="side"></rivulet-chat>');
});
