/** The code that gives a page the chosen widget: only what differs from the defaults, and the gateway. */
import type { ChatOptions } from '@rivulet/widget';
import { toOptions, type Choices } from './choices.ts';
import { GATEWAY } from './fields.ts';
import { htmlAttribute, jsxAttribute, literal } from './literal.ts';

export const SNIPPETS = { script: 'Script tag', npm: 'npm', react: 'React' } as const;
export type SnippetKind = keyof typeof SNIPPETS;

interface Parts {
  gateway: string;
  /** By name, without the gateway. */
  attributes: readonly (readonly [name: string, value: string])[];
  /** What no attribute holds. */
  options: ChatOptions;
  hasOptions: boolean;
  hasHook: boolean;
  hasTiming: boolean;
}

/** The whole text, with a line break at its end. */
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
  // A gateway below a path of its own is not where its script's origin is.
  const own = new URL(gateway).pathname === '/' ? attributes : [['gateway', gateway] as const, ...attributes];
  const write = (prefix: string): string =>
    own.map(([name, value]) => ` ${prefix}${name}=${htmlAttribute(value)}`).join('');
  const calls = [
    ...(has.hasOptions ? [`  rivulet('configure', ${literal(options, '  ')});`] : []),
    ...(has.hasTiming ? ["  rivulet('on', 'timing', ({ detail }) => console.log(detail));"] : []),
    ...(has.hasHook ? [`  rivulet('on', 'before-send', ${hookBody('  ')}\n  );`] : []),
  ];
  const queue = ['  window.rivulet ||= function () {', '    (rivulet.q ||= []).push(arguments);', '  };'];
  return [
    // Where the chat is to stand.
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
