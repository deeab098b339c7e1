/** Syntax that few answers contain, loaded with the first of them. */
import type { RareSyntax } from '../inline/rare-contract.ts';
import { readFootnoteMark, startFootnote } from './footnotes.ts';
import { endTags, readTag } from './html.ts';
import { readSourceMark } from './source-marks.ts';
import { readSpacedLink } from './spaced-link.ts';

/** Reads HTML, footnotes and source marks. */
export const RARE_SYNTAX: RareSyntax = {
  read: (host) => readTag(host) || readFootnoteMark(host) || readSourceMark(host) || readSpacedLink(host),
  end: endTags,
  starts: [startFootnote],
};
