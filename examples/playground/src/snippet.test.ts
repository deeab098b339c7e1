/** The generated snippets contain the options that differ from their defaults, and nothing else. */
import { describe, expect, it } from 'vitest';
import { fromHash } from './choices.ts';
import { snippet } from './snippet.ts';

describe('the script tag', () => {
  const script = (hash: string) => snippet('script', fromHash(hash));

  it('is one line when no option is chosen', () => {
    expect(script('')).toBe('<script async src="http://127.0.0.1:8787/rivulet.js"></script>\n');
  });

  it('has an attribute for each chosen option that has one', () => {
    expect(script('connection.site=shop&locale=de&theme.scheme=dark&launcher.position=start')).toBe(
      '<script async src="http://127.0.0.1:8787/rivulet.js" data-site="shop" data-locale="de" data-theme="dark" data-position="start"></script>\n',
    );
  });

  it('names a gateway below a path, which cannot be derived from the origin of the script', () => {
    expect(script('connection.gateway=https://example.com/chat/')).toBe(
      '<script async src="https://example.com/chat/rivulet.js" data-gateway="https://example.com/chat"></script>\n',
    );
  });

  it('follows an element for the chat when the mode is inline', () => {
    const [first, last] = script('mode=inline').split('\n');
    expect(first).toBe('<rivulet-chat mode="inline"></rivulet-chat>');
    expect(last).toBe('<script async src="http://127.0.0.1:8787/rivulet.js"></script>');
  });

  it('ends no other script element, whatever text was typed', () => {
    const typed = encodeURIComponent('</script><!--<script>');
    const text = script(`header.title=${typed}&connection.site=${typed}`);
    expect(text.match(/<\/script>/g)).toHaveLength(2);
    expect(text.match(/<!--/g)).toBeNull();
  });
});

it('the npm and React snippets contain only the gateway when no option is chosen', () => {
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
