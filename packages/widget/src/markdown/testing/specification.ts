/** Examples of the specifications, and those with deliberately different results. */
/** One example of a specification. */
export interface Example {
  /** Number in the specification. */
  number: number;
  /** Section of the specification. */
  section: string;
  /** Source. */
  markdown: string;
  /** Expected HTML. */
  html: string;
}

const BARE_URL = 'GFM 6.9 makes a link of a bare URL or address where CommonMark alone does not.';

/** GFM examples with a result of our own, by number. */
export const OWN_INSTEAD: Record<number, { html: string; why: string }> = {
  491: {
    html: '<p><del>Hi</del> Hello, ~there~ world!</p>',
    why: 'People write one tilde for “about” and “to”: if it struck out, “5~10” and “20~30” would read 5, 1020, 30.',
  },
};

/** CommonMark examples that GFM, which the renderer follows, defines differently: its expected result, by number. */
export const GFM_INSTEAD: Record<number, { html: string; why: string }> = {
  602: { html: '<p>&lt;<a href="https://foo.bar/baz">https://foo.bar/baz</a> bim&gt;</p>', why: BARE_URL },
  606: {
    html: '<p>&lt;<a href="mailto:foo+@bar.example.com">foo+@bar.example.com</a>&gt;</p>',
    why: BARE_URL,
  },
  608: { html: '<p>&lt; <a href="https://foo.bar">https://foo.bar</a> &gt;</p>', why: BARE_URL },
  611: { html: '<p><a href="https://example.com">https://example.com</a></p>', why: BARE_URL },
  612: { html: '<p><a href="mailto:foo@bar.example.com">foo@bar.example.com</a></p>', why: BARE_URL },
};
