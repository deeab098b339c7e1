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
    title: 'a diagram is shown as its source (W25)',
    markdown: '```mermaid\ngraph TD; A-->B;\n```',
    html: '<pre><code class="language-mermaid">graph TD; A--&gt;B;\n</code></pre>',
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

const HTML: readonly ChatExample[] = [
  {
    title: 'br is a line break in a paragraph and in a cell (W13)',
    markdown: 'a<br>b<BR />c\n\n| x<br>y | 1<br/>2 |\n|---|---|\n| <br>z | |',
    html: '<p>a<br>b<br>c</p><table><thead><tr><th>x<br>y</th><th>1<br>2</th></tr></thead><tbody><tr><td><br>z</td><td></td></tr></tbody></table>',
  },
  {
    title: 'an anchor is a link, with its address alone (W14)',
    markdown:
      'See <a class="x" href="https://shop.example/returns?a=1&amp;b=2" onclick="x()">our *page*</a>.',
    html: '<p>See <a href="https://shop.example/returns?a=1&amp;b=2">our <em>page</em></a>.</p>',
  },
  {
    title: 'a list (W14)',
    markdown: '<ul>\n  <li>One</li>\n  <li>Two **b**\n    <ol>\n      <li>c</li>\n    </ol>\n  </li>\n</ul>',
    html: '<x-p><ul><li>One</li><li>Two <strong>b</strong><ol><li>c</li></ol></li></ul></x-p>',
  },
  {
    title: 'points without their ends, and without a list (W14)',
    markdown: '<ul><li>One<li>Two</ul>\n\n<li>a</li><li>b</li>',
    html: '<x-p><ul><li>One</li><li>Two</li></ul></x-p><x-p><ul><li>a</li><li>b</li></ul></x-p>',
  },
  {
    title: 'small inline elements (W15)',
    markdown:
      'H<sub>2</sub>O, x<sup>**2**</sup>, <kbd>Ctrl</kbd>, <b>b</b> <i>i</i> <u>u</u> <s>s</s> <del>d</del> <mark>m</mark> <small>s</small>',
    html: '<p>H<sub>2</sub>O, x<sup><strong>2</strong></sup>, <kbd>Ctrl</kbd>, <b>b</b> <i>i</i> <u>u</u> <s>s</s> <del>d</del> <mark>m</mark> <small>s</small></p>',
  },
  {
    title: 'code is taken literally (W15)',
    markdown: '<code>a *b* &lt;c&gt;</code> and <pre><code class="x">d\n  e</code></pre>',
    html: '<x-p><code>a *b* &lt;c&gt;</code> and<pre>d e</pre></x-p>',
  },
  {
    title: 'paragraphs, quotes, rules and tables (W15)',
    markdown:
      '<p>One</p>\n<p align="center">Two</p>\n<hr/>\n<blockquote>q</blockquote>\n<table><tbody><tr><th>a<tr><td>b</table>',
    html: '<x-p><p>One</p><p>Two</p><hr><blockquote>q</blockquote><table><tbody><tr><th>a</th></tr><tr><td>b</td></tr></tbody></table></x-p>',
  },
  {
    title: 'details are open, their summary is bold (W15)',
    markdown:
      '<details><summary>More</summary>text</details>\n\n<details>\n<summary>T</summary>\n\n- a\n\n</details>\n\nend',
    html: '<x-p><div><p><strong>More</strong></p>text</div></x-p><x-p><div><p><strong>T</strong></p></div></x-p><ul><li>a</li></ul><p></p><p>end</p>',
  },
  {
    title: 'span, font and comments have no effect, an unknown tag is text (W15)',
    markdown:
      '<span style="color:red">a</span><!-- b --> <font>c</font> List<String> x <script>alert(1)</script> <foo bar="1">',
    html: '<p>a c List&lt;String&gt; x &lt;script&gt;alert(1)&lt;/script&gt; &lt;foo bar="1"&gt;</p>',
  },
  {
    title: 'a tag without its end has no effect, nor has an end alone (W15)',
    markdown: '<b>Note: *a* and </i> more\n\nnext',
    html: '<p>Note: <em>a</em> and  more</p><p>next</p>',
  },
  {
    title: 'marks and links that cross a tag (W15)',
    markdown:
      '*a <b>c* d</b> e [f <i>g](https://e.com) h</i> <u>[i</u>](https://e.com) [<b>j</b>](https://e.com)',
    html: '<p>*a <b>c* d</b> e <a href="https://e.com">f g</a> h <u>[i</u>](<a href="https://e.com">https://e.com</a>) <a href="https://e.com"><b>j</b></a></p>',
  },
];

const NOTES: readonly ChatExample[] = [
  {
    title: 'footnotes are a list, and their marks lead to them (W23)',
    markdown: 'Fact[^1] and[^b].\n\n[^1]: Source *one*\n[^b]: Two\n  goes on',
    html: '<p>Fact<sup><a href="#1">1</a></sup> and<sup><a href="#2">2</a></sup>.</p><ol><li>Source <em>one</em></li><li>Two<br>goes on</li></ol>',
  },
  {
    title: 'a mark without a footnote is hidden if it is a number, otherwise text (W23)',
    markdown: 'a[^1] [^a-z] b',
    html: '<p>a<span></span> [^a-z] b</p>',
  },
  {
    title: 'marks of a file search are hidden, with the space before them (W24)',
    markdown:
      'According to 【4:0†doc.pdf】. And【1†source】 also【7†L1-L5】 【turn0search0】. 【重要】 stays.',
    html: '<p>According to<span></span>. And<span></span> also<span></span><span></span>. 【重要】 stays.</p>',
  },
  {
    title: 'other marks that models leave are hidden (W24)',
    markdown:
      'a\ue200cite\ue202turn0search0\ue202turn1view2\ue201. b citeturn0search0 c[^1^] d[citation:2] e:contentReference[oaicite:0]{index=0} f',
    html: '<p>a<span></span>. b<span></span> c<span></span> d<span></span> e<span></span> f</p>',
  },
];

/** All examples. */
export const CHAT_EXAMPLES: readonly ChatExample[] = [...LINES, ...LISTS, ...LINKS, ...HTML, ...NOTES];
