/** Generates the code that adds the configured widget to a page: the gateway, and the options that differ from their defaults. */
import type { ChatOptions } from '@rivulet/widget';
import { toOptions, type Choices } from './choices.ts';
import { GATEWAY } from './fields.ts';
import { htmlAttribute, jsxAttribute, literal } from './literal.ts';

/** The label of each kind of snippet. */
export const SNIPPETS = { script: 'Script tag', npm: 'npm', react: 'React' } as const;
/** A kind of snippet. */
export type SnippetKind = keyof typeof SNIPPETS;

interface Parts {
  gateway: string;
  /** The options that are attributes, except the gateway. */
  attributes: readonly (readonly [name: string, value: string])[];
  /** The options that have no attribute. */
  options: ChatOptions;
  hasOptions: boolean;
  hasHook: boolean;
  hasTiming: boolean;
}

/** @returns the snippet, ending with a line break */
export function snippet(kind: SnippetKind, choices: Choices): string {
  const parts = partsOf(choices);
  return `${{ script, npm, react }[kind](parts)}\n`;
}

function partsOf(choices: Choices): Parts {
  const { connection = {}, theme = {}, launcher = {}, mode, locale, ...others } = toOptions(choices);
  const { gateway = GATEWAY, site, ...connectionRest } = connection;
  const { scheme, ...themeRest } = theme;
  const { position, ...launcherRest } = launcher;
  const attributes = Object.entries({ site, mode, locale, theme: scheme, position });
  const groups = { connection: connectionRest, theme: themeRest, launcher: launcherRest, ...others };
  const options = Object.fromEntries(
    Object.entries(groups).filter(([, group]) => Object.keys(group).length > 0),
  );
  return {
    gateway: gateway.replace(/\/+$/, ''),
    attributes: attributes.filter((entry): entry is [string, string] => entry[1] !== undefined),
    options,
    hasOptions: Object.keys(options).length > 0,
    hasHook: choices.has('preview.hasHook'),
    hasTiming: connection.hasTiming === true,
  };
}

const hookBody = (indent: string): string =>
  [
    '({ parts }) =>',
    "  parts.map((part) => (part.type === 'text' ? { ...part, text: part.text.toUpperCase() } : part)),",
  ].join(`\n${indent}`);

function script({ gateway, attributes, options, ...has }: Parts): string {
  const isPlaced = attributes.some(([name, value]) => name === 'mode' && value !== 'floating');
  // The widget uses the origin of its script as the gateway. A gateway below a path has to be named.
  const pageAttributes =
    new URL(gateway).pathname === '/' ? attributes : [['gateway', gateway] as const, ...attributes];
  const write = (prefix: string): string =>
    pageAttributes.map(([name, value]) => ` ${prefix}${name}=${htmlAttribute(value)}`).join('');
  const calls = [
    ...(has.hasOptions ? [`  rivulet('configure', ${literal(options, '  ')});`] : []),
    ...(has.hasTiming ? ["  rivulet('on', 'timing', ({ detail }) => console.log(detail));"] : []),
    ...(has.hasHook ? [`  rivulet('on', 'before-send', ${hookBody('  ')}\n  );`] : []),
  ];
  const queue = [
    '  window.rivulet ||= (...call) =>',
    '    new Promise((...settle) => (rivulet.q ||= []).push(Object.assign(call, { settle })));',
  ];
  return [
    // The element determines the place of the chat in the page.
    ...(isPlaced ? [`<rivulet-chat${write('')}></rivulet-chat>`] : []),
    ...(calls.length > 0 ? ['<script>', ...queue, ...calls, '</script>'] : []),
    `<script async src=${htmlAttribute(`${gateway}/rivulet.js`)}${isPlaced ? '' : write('data-')}></script>`,
  ].join('\n');
}

function npm({ gateway, attributes, options, ...has }: Parts): string {
  const properties = [['gateway', gateway] as const, ...attributes];
  return [
    "import '@rivulet/widget/define';",
    '',
    "const chat = document.createElement('rivulet-chat');",
    ...properties.map(([name, value]) => `chat.${name} = ${literal(value)};`),
    ...(has.hasOptions ? [`chat.configure(${literal(options)});`] : []),
    ...(has.hasTiming
      ? ["chat.addEventListener('rivulet-timing', ({ detail }) => console.log(detail));"]
      : []),
    ...(has.hasHook ? [`chat.hook('before-send', ${hookBody('')}\n);`] : []),
    'document.body.append(chat);',
  ].join('\n');
}

const reactHook = `onReady={({ target }) => {
      const chat = target as HTMLElementTagNameMap['rivulet-chat'];
      chat.hook('before-send', ${hookBody('      ')}
      );
    }}`;

function react({ gateway, attributes, options, ...has }: Parts): string {
  const properties = [
    ...[['gateway', gateway] as const, ...attributes].map(
      ([name, value]) => `${name}=${jsxAttribute(value)}`,
    ),
    ...(has.hasOptions ? ['options={options}'] : []),
    ...(has.hasTiming ? ['onTiming={({ detail }) => console.log(detail)}'] : []),
    ...(has.hasHook ? [reactHook] : []),
  ];
  return [
    ...(has.hasOptions ? ["import type { ChatOptions } from '@rivulet/widget';"] : []),
    "import { RivuletChat } from '@rivulet/widget/react';",
    '',
    ...(has.hasOptions ? [`const options: ChatOptions = ${literal(options)};`, ''] : []),
    'export const Chat = () => (',
    `  <RivuletChat${properties.map((property) => `\n    ${property}`).join('')}`,
    '  />',
    ');',
  ].join('\n');
}
