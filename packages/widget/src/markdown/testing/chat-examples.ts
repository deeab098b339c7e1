/** Examples of the dialect of a chat: what people and models write, and the HTML that they expect. */

/** One example. */
export interface ChatExample {
  /** What it shows, with the number of the case. */
  title: string;
  /** Source. */
  markdown: string;
  /** Expected HTML. */
  html: string;
}

const LINES: readonly ChatExample[] = [
  {
    title: 'a line end is a line break (W11)',
    markdown: 'Line one\nLine *two\nLine* three\n\n- a\n  b',
    html: '<p>Line one<br>Line <em>two<br>Line</em> three</p><ul><li>a<br>b</li></ul>',
  },
  {
    title: 'a line of dashes below text is a rule (W30)',
    markdown: 'Option A\n---\nOption B\n- - -\nOption C',
    html: '<p>Option A</p><hr><p>Option B</p><hr><p>Option C</p>',
  },
  {
    title: 'a line of equals signs below text is a rule, alone it is text (W30)',
    markdown: 'Option A\n===\nOption B\n\n===',
    html: '<p>Option A</p><hr><p>Option B</p><p>===</p>',
  },
  {
    title: 'two dashes below text are text (W30)',
    markdown: 'a\n--\nb',
    html: '<p>a<br>--<br>b</p>',
  },
];

const LISTS: readonly ChatExample[] = [
  {
    title: 'two spaces nest under a numbered point (W27)',
    markdown: '1. **One**\n  - a\n  - b\n2. Two\n  1. c',
    html: '<ol><li><strong>One</strong><ul><li>a</li><li>b</li></ul></li><li>Two<ol><li>c</li></ol></li></ol>',
  },
  {
    title: 'two spaces nest after a blank line, also text and code (W27)',
    markdown: '1. One\n\n  text\n\n  ```\n  code\n  ```\n\n10. Ten\n  - a',
    html: '<ol><li><p>One</p><p>text</p><pre><code>code\n</code></pre></li><li><p>Ten</p><ul><li>a</li></ul></li></ol>',
  },
  {
    title: 'points indented alike stay one list, also if numbers are aligned at their end (W27)',
    markdown: '  8. a\n  9. b\n 10. c\n\nx\n\n*   d\n  * e',
    html: '<ol start="8"><li>a</li><li>b</li><li>c</li></ol><p>x</p><ul><li>d<ul><li>e</li></ul></li></ul>',
  },
];

const LINKS: readonly ChatExample[] = [
  {
    title: 'an address with spaces is a link, encoded (W36)',
    markdown: '[x](https://e.com/a b.pdf) and [y](/files/a (1) b.pdf "T") and [z](see below)',
    html: '<p><a href="https://e.com/a%20b.pdf">x</a> and <a href="/files/a%20(1)%20b.pdf" title="T">y</a> and [z](see below)</p>',
  },
];

/** All examples. */
export const CHAT_EXAMPLES: readonly ChatExample[] = [...LINES, ...LISTS, ...LINKS];
