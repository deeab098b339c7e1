/** A rollup plugin that gives the private members of each class names from the same short list. */
import MagicString from 'magic-string';

/**
 * Creates the plugin. It belongs after the minifier, which numbers the private members of a whole file: the names then differ from class to
 * class, and do not compress. A private name means something in its class only, so every class may begin with the first one; a class
 * inside another one goes on after it, because its members may use those of the outer class.
 */
export const shortPrivateNames = () => ({
  name: 'short-private-names',
  renderChunk(code) {
    const text = new MagicString(code);
    rename(this.parse(code), new Map(), text);
    return { code: text.toString(), map: text.generateMap({ hires: true }) };
  },
});

/** Renames in a node and below it. @param known the new names by the old ones, of the classes around the node */
function rename(node, known, text) {
  if (Array.isArray(node)) for (const child of node) rename(child, known, text);
  else if (node?.type === 'PrivateIdentifier') {
    const name = known.get(node.name);
    if (name === undefined) throw new Error(`#${node.name} is not declared by a class around it`);
    text.update(node.start, node.end, `#${name}`);
  } else if (typeof node?.type === 'string') {
    const names = node.type === 'ClassBody' ? withNames(known, node) : known;
    for (const value of Object.values(node)) if (typeof value === 'object') rename(value, names, text);
  }
}

function withNames(known, { body }) {
  const names = new Map(known);
  for (const { key } of body)
    if (key?.type === 'PrivateIdentifier' && !names.has(key.name)) names.set(key.name, nameAt(names.size));
  return names;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** `a` to `z`, `A` to `Z`, then two letters. */
function nameAt(index) {
  const rest = Math.floor(index / LETTERS.length);
  return (rest === 0 ? '' : nameAt(rest - 1)) + LETTERS[index % LETTERS.length];
}
