/** A rollup plugin: the style sheets and templates inside our modules, without what only their authors need: white space, long names. */
import { globSync, readFileSync } from 'node:fs';
import { transform as minifyWithEsbuild } from 'esbuild';
import MagicString from 'magic-string';

const STYLES = /-styles\.[jt]s$/;
const TEMPLATE_TAGS = new Set(['html', 'svg']);

export const minifyLiterals = () => ({
  name: 'minify-literals',
  async transform(code, id) {
    if (!id.includes('/widget/src/')) return null;
    const text = new MagicString(code);
    const edits = [];
    visit(this.parse(code), (node) => {
      if (isTemplate(node)) edits.push(...node.quasi.quasis.map((quasi) => collapse(text, quasi)));
      else if (STYLES.test(id) && node.type === 'TemplateLiteral') edits.push(minifySheet(text, node, id));
      else if (node.type === 'Literal' && privateNames.has(node.value))
        text.update(node.start, node.end, JSON.stringify(privateNames.get(node.value)));
    });
    await Promise.all(edits);
    return text.hasChanged() ? { code: text.toString(), map: text.generateMap({ hires: true }) } : null;
  },
});

const PRIVATE_PROPERTY = /--_[a-z-]+/g;
/** Custom properties that are nobody's but ours, by number: the loader's names are the application's, so all modules are counted. */
const privateNames = new Map(
  globSync('packages/widget/src/**/*.ts')
    .flatMap((file) => readFileSync(file, 'utf8').match(PRIVATE_PROPERTY) ?? [])
    .toSorted()
    .filter((name, index, all) => name !== all[index - 1])
    .map((name, index) => [name, `--_${index.toString(36)}`]),
);

const isTemplate = (node) =>
  node.type === 'TaggedTemplateExpression' && TEMPLATE_TAGS.has(node.tag.name ?? node.tag.property?.name);

/** A run of white space is one space to a reader of HTML: nothing of ours stands in a `<pre>` of a template. */
function collapse(text, { start, end, value }) {
  const collapsed = value.raw.replaceAll(/\s*\n\s*/g, ' ');
  if (collapsed !== value.raw) text.update(start, end, collapsed);
}

async function minifySheet(text, { quasis, start, end }, id) {
  if (quasis.length !== 1) throw new Error(`${id}: a style sheet must not be put together from expressions`);
  const sheet = quasis[0].value.cooked.replaceAll(PRIVATE_PROPERTY, (name) => privateNames.get(name));
  const { code, warnings } = await minifyWithEsbuild(sheet, { loader: 'css', minify: true });
  if (warnings.length > 0) throw new Error(`${id}: ${warnings[0].text}`);
  text.update(start, end, JSON.stringify(code.trim()));
}

function visit(node, see) {
  if (Array.isArray(node)) for (const one of node) visit(one, see);
  else if (typeof node?.type === 'string') {
    see(node);
    for (const value of Object.values(node)) if (typeof value === 'object') visit(value, see);
  }
}
