import { describe, expect, it } from 'vitest';
import { readDocument } from './read-document.ts';

const read = (text: string | Uint8Array, mediaType = 'text/html', url = 'https://shop.example/docs/page') =>
  readDocument({ url, mediaType, charset: '', content: Buffer.from(text) });

const piecesIn = async (...args: Parameters<typeof read>) => (await read(...args))?.pieces;

describe('a page of HTML', () => {
  it('is divided at its headings, with their path and anchors, and without what is on every page', async () => {
    const html = `<title>Returns &amp; refunds</title><nav><a href="/">Home</a></nav><script>var x = "<h1>no</h1>";</script>
      <main><h1>Returns &amp; refunds</h1><p>Within <b>30</b> days.</p><h2 id="how">How</h2><p>Print the&nbsp;label.</p>
      <ul><li>One</li><li>Two</li></ul><section id="cost"><h3>Cost</h3><table><tr><td>EU</td><td>free</td></tr></table></section></main>
      <footer>Imprint</footer>`;
    expect(await read(html)).toMatchObject({
      title: 'Returns & refunds',
      links: ['https://shop.example/'],
      isHidden: false,
      pieces: [
        { heading: '', anchor: '', text: 'Within 30 days.' },
        { heading: 'How', anchor: 'how', text: 'Print the label.\nOne\nTwo' },
        { heading: 'How › Cost', anchor: 'cost', text: 'EU | free' },
      ],
    });
  });

  it('without a main element is read as a whole; a hidden part is not', async () => {
    const html = '<p>Seen.</p><div hidden><p>Secret.</p></div><p aria-hidden="true">Icon</p><p>Also seen.';
    expect(await piecesIn(html)).toEqual([{ heading: '', anchor: '', text: 'Seen.\nAlso seen.' }]);
  });

  it.each(['noindex', 'NOINDEX, nofollow', 'none'])('that says %s is hidden', async (content) => {
    expect(await read(`<meta name="robots" content="${content}"><p>x</p>`)).toMatchObject({ isHidden: true });
  });

  it('gives the links that may be followed, without their fragments', async () => {
    const html = `<base href="https://shop.example/en/"><nav><a href="a#top">a</a></nav><a href="mailto:x@y.example">m</a>
      <a rel="nofollow" href="b">b</a><a href="//other.example/c">c</a><a href="http://[">d</a>`;
    expect((await read(html))?.links).toEqual(['https://shop.example/en/a', 'https://other.example/c']);
  });

  it('is read in the characters that it names', async () => {
    const latin = Buffer.from('<meta charset="iso-8859-1"><p>Gr\u00fc\u00dfe</p>', 'latin1');
    expect((await piecesIn(latin))?.[0]?.text).toBe('Grüße');
  });

  it('with NUL, half a surrogate pair and unclosed elements is read without them', async () => {
    expect((await piecesIn('<p>a\u0000b<div><h2>x<p>&#xD800;c'))?.map(({ text }) => text)).toEqual([
      'ab',
      '\ufffdc',
    ]);
  });

  it('of one endless paragraph is divided into bounded pieces and loses nothing', async () => {
    const words = Array.from({ length: 3_000 }, (_, index) => `word${index}`);
    const pieces = (await piecesIn(`<p>${words.join(' ')}</p>`)) ?? [];
    expect(Math.max(...pieces.map(({ text }) => text.length))).toBeLessThanOrEqual(1_200);
    expect(pieces.map(({ text }) => text).join(' ')).toBe(words.join(' '));
  });
});

describe('other documents', () => {
  it('Markdown has the anchors that generators of sites give its headings', async () => {
    const markdown = `---\ntitle: "The manual"\n---\n# Start\n\nA *first* [link](https://a.example).\n\n## Set up & run\n\n- one\n- two\n\n## Set up & run\n\n| a | b |\n| - | - |\n| c | d |\n\n\`\`\`sh\nnpm start\n\`\`\`\n`;
    expect(await read(markdown, 'text/markdown')).toMatchObject({
      title: 'The manual',
      pieces: [
        { heading: 'Start', anchor: 'start', text: 'A first link.' },
        { heading: 'Start › Set up & run', anchor: 'set-up--run', text: 'one\ntwo' },
        { heading: 'Start › Set up & run', anchor: 'set-up--run-1', text: 'a | b\nc | d\nnpm start' },
      ],
    });
  });

  it('a PDF has a piece for each page, named by its address', async () => {
    expect(
      await read(pdfOf('Guarantee of two years'), 'application/pdf', 'https://shop.example/manual.pdf'),
    ).toMatchObject({
      title: 'manual.pdf',
      pieces: [{ anchor: 'page=1', text: 'Guarantee of two years' }],
    });
  });

  it('a plain text is divided at empty lines, and named by its file', async () => {
    expect(await read('One.\n\nTwo.', 'text/plain', 'https://shop.example/a%20b.txt')).toMatchObject({
      title: 'a b.txt',
      pieces: [{ text: 'One.\nTwo.' }],
    });
  });

  it('an image is not read', async () => {
    expect(await read('GIF89a', 'image/gif')).toBeUndefined();
  });
});

/** The smallest PDF with a text. */
function pdfOf(text: string): Buffer {
  const stream = `BT /F1 24 Tf 72 720 Td (${text}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let file = '%PDF-1.4\n';
  const places = objects.map((object, index) => {
    const place = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  return Buffer.from(
    `${file}xref\n0 6\n0000000000 65535 f \n${table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`,
  );
}
