/** Parts of the reader that few texts need, noted while a text is read and loaded afterwards. */

/** Loads a part. The result tells whether rendering again would show more. */
export type LoadPart = () => Promise<boolean>;

/** What the text that is being read needs and is not loaded. @see loadMissed */
export const missedParts = new Set<LoadPart | 'rare'>();
