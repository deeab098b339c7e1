/** The code that is copied: what differs from the defaults and nothing else, in each of its forms. */
import { describe, expect, it } from 'vitest';
import { fromHash } from './choices.ts';
import { snippet } from './snippet.ts';

describe('the script tag', () => {
  const script = (hash: string) => snippet('script', fromHash(hash));

  it('is one line where nothing was chosen', () => {
    expect(script('')).toBe('<script async src="http://127.0.0.1:8787/rivulet.js"></script>\n');
  });

  it('has what is an attribute as one', () => {
    expect(script('connection.site=shop&locale=de&theme.scheme=dark&launcher.position=start')).toBe(
      '<script async src="http://127.0.0.1:8787/rivulet.js" data-site="shop" data-locale="de" data-theme="dark" data-position="start"></script>\n',
    );
  });

  it('names a gateway below a path, which is not its own origin', () => {
    expect(script('connection.gateway=https://example.com/chat/')).toBe(
      '<script async src="https://example.com/chat/rivulet.js" data-gateway="https://example.com/chat"></script>\n',
    );
  });

  it('stands below an element of its own where the chat is a box in the page', () => {
    const [first, last] = script('mode=inline').split('\n');
    expect(first).toBe('<rivulet-chat mode="inline"></rivulet-chat>');
    expect(last).toBe('<script async src="http://127.0.0.1:8787/rivulet.js"></script>');
  });

  it('ends no script but its own, whatever was typed', () => {
    const typed = encodeURIComponent('</script><!--<script>');
    const text = script(`header.title=${typed}&connection.site=${typed}`);
    expect(text.match(/<\/script>/g)).toHaveLength(2);
    expect(text.match(/<!--/g)).toBeNull();
  });
});

it('is the shortest form of the package where nothing was chosen', () => {
  expect(snippet('npm', new Map())).toBe(
    [
      "import '@rivulet/widget/define';",
      '',
      "const chat = document.createElement('rivulet-chat');",
      "chat.gateway = 'http://127.0.0.1:8787';",
      'document.body.append(chat);',
      '',
    ].join('\n'),
  );
  expect(snippet('react', new Map())).toBe(
    [
      "import { RivuletChat } from '@rivulet/widget/react';",
      '',
      'export const Chat = () => (',
      '  <RivuletChat',
      '    gateway="http://127.0.0.1:8787"',
      '  />',
      ');',
      '',
    ].join('\n'),
  );
});
