/** Syntax that few answers contain, loaded with the first of them. */
import type { RareSyntax } from '../inline/rare-contract.ts';
import { readAngleLink } from './angle-link.ts';
import { decodeReference, readCharacter } from './character-reference.ts';
import { readDefinitions } from './definitions.ts';
import { readFootnoteMark, startFootnote } from './footnotes.ts';
import { endTags, readTag } from './html.ts';
import { createImage } from './image.ts';
import { readSourceMark } from './source-marks.ts';
import { readSpacedLink } from './spaced-link.ts';

const readers = [readCharacter, readAngleLink, readTag, readFootnoteMark, readSourceMark, readSpacedLink];

/** Reads character references, links in angles, HTML, footnotes, source marks and links with spaces; renders images. */
export const RARE_SYNTAX: RareSyntax = {
  read: (host) => readers.some((read) => read(host)),
  decode: decodeReference,
  split: readDefinitions,
  createImage,
  end: endTags,
  starts: [startFootnote],
};
