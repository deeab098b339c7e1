/** Converts Markdown to plain text for screen readers, notifications and copying. */
import { isContainer, type Block, type ListBlock } from './blocks/block.ts';
import type { Definitions } from './blocks/definition.ts';
import { textOf } from './inline/inline-node.ts';
import { parseInline } from './inline/inline-parser.ts';
import { missedParts } from './inline/missed-parts.ts';
import { loadMissed } from './inline/rare.ts';
import { shownLineCount } from './view/leaf-views.ts';
import { MarkdownSource } from './blocks/markdown-source.ts';

/**
 * Returns the text of `markdown` without syntax: blocks are separated by a blank line, items and rows are on lines of
 * their own, numbers of ordered lists are kept, cells are separated by commas, images are replaced by their
 * description, and code is unchanged. What follows rare syntax is missing until that is loaded.
 * @see loadRare
 */
export function plainText(markdown: string): string {
  const source = new MarkdownSource({ dialect: 'chat' });
  source.read(markdown, 'complete');
  return textOfBlock(source.parser.document, source.parser.definitions);
}

/** Calls `use` with the plain text: at once, unless the reader has to load something that the text contains. */
export function withPlainText(markdown: string, use: (text: string) => void): void {
  missedParts.clear();
  const text = plainText(markdown);
  if (missedParts.size === 0) use(text);
  else
    void loadMissed().then(() => {
      use(plainText(markdown));
    });
}

function textOfBlock(block: Block, definitions: Definitions): string {
  const inline = (text: string) =>
    textOf(
      parseInline({ text, state: 'whole', lookUp: (label) => definitions.get(label), dialect: 'chat' }).nodes,
      '\n',
    );
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      return inline(block.text);
    case 'code':
      return block.lines.slice(0, shownLineCount(block)).join('\n');
    case 'math':
      return [block.opener, ...block.lines, block.closer].join('\n');
    case 'table':
      return block.rows.map((row) => row.map(inline).join(', ')).join('\n');
    case 'list':
      return textOfList(block, definitions);
    default:
      return isContainer(block) ? joinBlocks(block.children, definitions, '\n\n') : '';
  }
}

function textOfList(list: ListBlock, definitions: Definitions): string {
  const items = list.children.map((item, index) => {
    const text = isContainer(item) ? joinBlocks(item.children, definitions, '\n') : '';
    const words = text.replace(/^\[[ xX]\][ \t]+/, '');
    return list.isOrdered ? `${list.start + index}. ${words}` : words;
  });
  return items.join('\n');
}

function joinBlocks(blocks: readonly Block[], definitions: Definitions, separator: string): string {
  return blocks
    .map((block) => textOfBlock(block, definitions))
    .filter((text) => text !== '')
    .join(separator);
}
