/** The examples of the specifications that come out otherwise than written, and why. */
export interface Example {
  number: number;
  section: string;
  markdown: string;
  html: string;
}

const BARE_URL = 'GFM 6.9 makes a link of a bare URL or address where CommonMark alone does not.';

/** CommonMark examples for which GFM, which we follow, asks for something else: what it asks for, by number. */
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
