/** Makes the reference tables of the widget's README out of its manifest and the types of its options. */
import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

const root = new URL('../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

const README = 'packages/widget/README.md';
const OPTIONS = 'packages/widget/src/shell/options.ts';
const BEGIN =
  '<!-- reference: made from custom-elements.json and src/shell/options.ts by scripts/generate.ts -->';

interface Entry {
  kind?: string;
  name: string;
  type?: { text: string };
  default?: string;
  description?: string;
  parameters?: readonly Entry[];
}
interface Declaration {
  attributes: readonly Entry[];
  members: readonly Entry[];
  events: readonly Entry[];
  slots: readonly Entry[];
  cssParts: readonly Entry[];
  cssProperties: readonly Entry[];
}

/** @returns the files, as path from the root -> text. */
export async function generate(): Promise<Record<string, string>> {
  const [before = ''] = read(README).split(BEGIN);
  const file = new URL(README, root).pathname;
  const style = await resolveConfig(file);
  return { [README]: await format(`${before}${BEGIN}\n\n${reference()}`, { ...style, filepath: file }) };
}

function reference(): string {
  const manifest = JSON.parse(read('packages/widget/custom-elements.json')) as {
    modules: { declarations: Declaration[] }[];
  }; // the project's own file, checked by custom-elements.browser.test.ts
  const chat = manifest.modules[0]?.declarations[0];
  if (chat === undefined) throw new Error('the manifest declares no element');
  const methods = chat.members.filter(({ kind }) => kind === 'method');
  const properties = chat.members.filter(({ kind }) => kind !== 'method');
  return [
    '## Attributes',
    'Each is also a property; the script tag takes the same ones as `data-…`. An unknown word counts as the default.',
    table(['attribute', 'values', 'default', 'what it does'], chat.attributes.map(withDefault)),
    '## Properties',
    table(
      ['property', 'type', 'what it is'],
      properties.map(({ name, type, description }) => [code(name), code(type?.text), description]),
    ),
    '## Methods',
    'They may be called at once, also before the application has loaded.',
    table(
      ['method', 'what it does'],
      methods.map(({ name, parameters, description }) => [
        code(`${name}(${(parameters ?? []).map((one) => one.name).join(', ')})`),
        description,
      ]),
    ),
    '## Events',
    'They bubble and cross shadow roots (`composed`). Their types are known to TypeScript.',
    table(
      ['event', 'detail', 'when'],
      chat.events.map(({ name, type, description }) => [
        code(name),
        code(/<(.*)>/s.exec(type?.text ?? '')?.[1]),
        description,
      ]),
    ),
    '## Options',
    'For `configure()`, which merges group by group, and for the property `options`, which replaces.',
    table(['option', 'type', 'what it does'], optionRows()),
    '## Slots',
    table(['slot', 'what it is'], chat.slots.map(described)),
    '## Custom properties',
    'Set them on the element or on any ancestor. One accent is usually enough: the rest is derived from it, in light and dark alike.',
    table(
      ['custom property', 'default', 'what it is'],
      chat.cssProperties.map(({ name, default: value, description }) => [
        code(name),
        code(value),
        description,
      ]),
    ),
    '## Parts',
    '`rivulet-chat::part(name)` reaches these; anything else is private and may change.',
    table(['part', 'what it is'], chat.cssParts.map(described)),
  ].join('\n\n');
}

const withDefault = ({ name, type, default: value, description }: Entry) => [
  code(name),
  code(type?.text),
  code(value),
  description,
];
const described = ({ name, description }: Entry) => [code(name), description];

const cell = (text = ''): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();
const code = (text?: string): string => (text === undefined ? '' : `\`${text}\``);
const table = (titles: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string =>
  [titles, titles.map(() => '---'), ...rows]
    .map((row) => `| ${row.map((text) => cell(text)).join(' | ')} |`)
    .join('\n') + '\n';

/** `ChatOptions` and the groups that it names, one row an option, in the order of the source. */
function optionRows(): string[][] {
  const source = ts.createSourceFile(OPTIONS, read(OPTIONS), ts.ScriptTarget.Latest, true);
  const interfaces = new Map(
    source.statements.filter(ts.isInterfaceDeclaration).map((one) => [one.name.text, one]),
  );
  const rowsOf = (name: string, prefix: string): string[][] =>
    [...(interfaces.get(name)?.members ?? [])].flatMap((member) => {
      if (!ts.isPropertySignature(member)) return [];
      const type = member.type?.getText() ?? '';
      const path = `${prefix}${member.name.getText()}`;
      return interfaces.has(type) ? rowsOf(type, `${path}.`) : [[code(path), code(type), docOf(member)]];
    });
  return rowsOf('ChatOptions', '');
}

const docOf = (node: ts.Node): string =>
  ts
    .getJSDocCommentsAndTags(node)
    .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '')
    .join(' ');
