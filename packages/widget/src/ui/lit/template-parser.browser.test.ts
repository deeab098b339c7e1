import { afterEach, expect, test } from 'vitest';
import { parseTemplate } from './template-parser.ts';
import { mountOpen, unmountAll } from '../testing/mount.ts';

afterEach(unmountAll);

const outline = (node: Node): unknown =>
  node instanceof Element
    ? [
        node.namespaceURI,
        node.localName,
        ...node.getAttributeNames().map((name) => `${name}=${node.getAttribute(name)}`),
        ...[...node.childNodes].map(outline),
      ]
    : [node.nodeType, node.nodeValue];

const SAMPLES = [
  '<div class="a ?b" @click$lit$="lit$1$" .item$lit$=lit$1$ ?hidden$lit$=lit$1$ \n aria-label=\'x y\'><?lit$1$> text</div><?>',
  '<svg class="icon" viewBox="0 0 24 24"><path d="m1 1" /><rect rx="2"></rect><?lit$1$></svg>',
  '<ul><li>one</li><!-- two --></ul><textarea rows="1" .value$lit$=lit$1$ ></textarea><i></i><i></i>',
];

for (const sample of SAMPLES)
  test(`our parser makes the nodes that the browser's makes: ${sample.slice(0, 30)}`, () => {
    const inert = new DOMParser().parseFromString(`<template>${sample}</template>`, 'text/html');
    const expected = [...(inert.querySelector('template')?.content.childNodes ?? [])].map(outline);
    expect([...parseTemplate(sample).content.childNodes].map(outline)).toEqual(expected);
  });

test('unsupported syntax is an error', () => {
  for (const text of ['<p>a &amp; b</p>', '<p>open', 'a < b'])
    expect(() => parseTemplate(text)).toThrow(SyntaxError);
});

test('the Trusted Types of the page are untouched, and the widget creates no policy', async () => {
  const { has } = await mountOpen();
  expect(has('.send .icon path')).toBe(true);
  expect(Reflect.get(globalThis, 'trustedTypes')).toBeDefined();
});
