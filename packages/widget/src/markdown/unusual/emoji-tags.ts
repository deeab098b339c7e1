/**
 * Tag characters: invisible copies of ASCII, by which a text can say something to a model that its reader does not see. Their one
 * use is the flags of regions, such as that of England: a black flag, the region's code in tags, and a tag that ends it.
 */

const TAGS =
  /(\u{1f3f4}[\u{e0061}-\u{e007a}\u{e0030}-\u{e0039}]{3,6}\u{e007f})|[\u{e0000}-\u{e00ff}\u{e01f0}-\u{e0fff}]/gu;

/** Leaves out the tags that are not part of a flag. @param show what is shown instead; default: nothing */
export function withoutStrayTags(text: string, show: (tag: string) => string = () => ''): string {
  return text.replace(TAGS, (found: string, flag?: string) => flag ?? show(found));
}
