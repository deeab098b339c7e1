/** A rollup plugin that minifies the style sheets and templates in string literals of the widget's modules. */
import { globSync, readFileSync } from 'node:fs';
import { transform as minifyWithEsbuild } from 'esbuild';
import MagicString from 'magic-string';

const STYLES = /-styles\.[jt]s$/;
const TEMPLATE_TAGS = new Set(['html', 'svg']);

/**
 * Creates the plugin. It minifies CSS, collapses white space in `html` and `svg` templates, and shortens private custom
 * properties (`--_…`). @throws {Error} when a style sheet contains expressions or CSS that esbuild warns about
 */
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
/**
 * The short name of each private custom property. The loader and the app share these properties and are built separately, so
 * the names are numbered over all modules of the widget.
 */
const privateNames = new Map(
  globSync('packages/widget/src/**/*.ts')
    .flatMap((file) => readFileSync(file, 'utf8').match(PRIVATE_PROPERTY) ?? [])
    .toSorted()
    .filter((name, index, sorted) => name !== sorted[index - 1])
    .map((name, index) => [name, `--_${index.toString(36)}`]),
);

const isTemplate = (node) =>
  node.type === 'TaggedTemplateExpression' && TEMPLATE_TAGS.has(node.tag.name ?? node.tag.property?.name);

/** Collapses white space that contains a line break to one space. HTML renders both alike, except in `<pre>`, which no template uses. */
function collapse(text, { start, end, value }) {
  const collapsed = value.raw.replaceAll(/\s*\n\s*/g, ' ');
  if (collapsed !== value.raw) text.update(start, end, collapsed);
}

async function minifySheet(text, { quasis, start, end }, id) {
  if (quasis.length !== 1)
    throw new Error(`${id}: a style sheet cannot be minified when it contains expressions`);
  const sheet = quasis[0].value.cooked.replaceAll(PRIVATE_PROPERTY, (name) => privateNames.get(name));
  const { code, warnings } = await minifyWithEsbuild(sheet, { loader: 'css', minify: true });
  if (warnings.length > 0) throw new Error(`${id}: ${warnings[0].text}`);
  text.update(start, end, JSON.stringify(code.trim()));
}

/** Calls `callback` for each node of a syntax tree, parents first. */
export function visit(node, callback) {
  if (Array.isArray(node)) for (const child of node) visit(child, callback);
  else if (typeof node?.type === 'string') {
    callback(node);
    for (const value of Object.values(node)) if (typeof value === 'object') visit(value, callback);
  }
}
