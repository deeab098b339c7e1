import { expect, test } from 'vitest';
import manifest from '../../custom-elements.json' with { type: 'json' };
import type { RivuletEventName } from './events.ts';
import { RivuletChat } from './rivulet-chat.ts';

declare global {
  interface ImportMeta {
    /** Vite's own way to read files as text; its types would bring Node's with them. */
    glob(patterns: readonly string[], options: object): Record<string, string>;
  }
}

const sources = import.meta.glob(['./*.ts', '../ui/**/*.ts', '!../**/*.test.ts', '!../**/testing/**'], {
  query: '?raw',
  import: 'default',
  eager: true,
});
const code = Object.values(sources).join('\n');

const declared = manifest.modules.flatMap(({ declarations }) => declarations)[0]!;
const names = (list: readonly { name: string }[]) => list.map(({ name }) => name).sort();
const found = (pattern: RegExp) =>
  [...new Set([...code.matchAll(pattern)].map(([, name = '']) => name))].sort();

test('the manifest lists the attributes that the element observes', () => {
  expect(names(declared.attributes)).toEqual([...RivuletChat.observedAttributes].sort());
});

test('the manifest lists the public methods and properties of the class', () => {
  const inherited = /^(constructor|connectedCallback|disconnectedCallback|attributeChangedCallback)$/;
  const own = Object.getOwnPropertyNames(RivuletChat.prototype).filter((name) => !inherited.test(name));
  expect(names(declared.members)).toEqual(own.sort());
});

test('the manifest lists the events that are typed', () => {
  const typed: Record<RivuletEventName, true> = {
    'rivulet-ready': true,
    'rivulet-open': true,
    'rivulet-close': true,
    'rivulet-message': true,
    'rivulet-run-start': true,
    'rivulet-run-end': true,
    'rivulet-owner-change': true,
    'rivulet-error': true,
    'rivulet-status': true,
    'rivulet-first-delta': true,
    'rivulet-timing': true,
  };
  expect(names(declared.events)).toEqual(Object.keys(typed).sort());
  expect(names(declared.events)).toEqual(found(/emit\([\w.]*,? ?'(rivulet-[a-z-]+)'/g));
});

test('the manifest lists the parts that are in the templates', () => {
  const inTemplates = [...found(/part="([a-z-]+)"/g), ...found(/setAttribute\('part', '([a-z-]+)'\)/g)];
  const ofMessages = ['message', 'user-message', 'assistant-message', 'agent-message', 'bubble'];
  expect(names(declared.cssParts)).toEqual([...new Set([...inTemplates, ...ofMessages])].sort());
});

test('the manifest lists the custom properties that the styles read, and the slots', () => {
  expect(names(declared.cssProperties)).toEqual(found(/var\((--rivulet-[a-z-]+)/g));
  expect(names(declared.slots)).toEqual([
    ...new Set([...found(/<slot name="([a-z-]+)"/g), ...found(/slot\.name = '([a-z-]+)'/g)]),
  ]);
});
