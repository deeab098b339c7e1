/** Reads a document in Markdown. */
import { marked, type Token, type Tokens } from 'marked';
import { cleanText, type Block, type ReadDocument } from './pieces.ts';

const FRONT_MATTER = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/;

/** Reads a document. The anchors of headings are those that GitHub and most generators of sites give them. */
export function readMarkdown(markdown: string, name: string): ReadDocument {
  const [front = '', fields = ''] = FRONT_MATTER.exec(markdown) ?? [];
  const blocks: Block[] = [];
  const slugs = new Map<string, number>();
  for (const token of marked.lexer(markdown.slice(front.length))) {
    if (token.type === 'heading') {
      const { depth: level } = token as Tokens.Heading; // told apart by its type
      const text = cleanText(plainOf(token));
      blocks.push({ kind: 'heading', level, text, anchor: slugOf(text, slugs) });
    } else {
      for (const text of textsOf(token)) blocks.push({ kind: 'text', text });
    }
  }
  const first = blocks.find((block) => block.kind === 'heading');
  const [, named] = /^title:\s*["']?(.+?)["']?\s*$/m.exec(fields) ?? [];
  return { title: cleanText(named ?? first?.text ?? name), blocks, links: [] };
}

/** The paragraphs of a token: each item of a list and each row of a table is one. */
function textsOf(token: Token): string[] {
  if (token.type === 'list') return (token as Tokens.List).items.map((item) => plainOf(item));
  if (token.type === 'table') {
    const { header, rows } = token as Tokens.Table;
    return [header, ...rows].map((row) => row.map((cell) => plainOf(cell)).join(' | '));
  }
  if (token.type === 'html') return [(token as Tokens.HTML).text.replace(/<[^>]*>/g, ' ')];
  return token.type === 'space' || token.type === 'hr' || token.type === 'def' ? [] : [plainOf(token)];
}

/** The text of a token without its marks. */
function plainOf(token: { tokens?: Token[]; text?: string; raw?: string }): string {
  if (token.tokens === undefined) return token.text ?? '';
  return token.tokens
    .map((inner) => (inner.type === 'image' || inner.type === 'html' ? '' : plainOf(inner)))
    .join(token.tokens.some(({ type }) => type === 'paragraph' || type === 'list') ? '\n' : '');
}

function slugOf(text: string, slugs: Map<string, number>): string {
  const slug = text
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
  const before = slugs.get(slug) ?? 0;
  slugs.set(slug, before + 1);
  return before === 0 ? slug : `${slug}-${before}`;
}
