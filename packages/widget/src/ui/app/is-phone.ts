/** Decides whether an open panel covers the whole page. */

/**
 * Media query with the limits that the style sheets use. Less than 440 px of height is a phone in landscape, or a
 * laptop at 200 % zoom: beside the launcher, a panel would have room for two lines of text.
 */
export const phoneMedia = (): MediaQueryList => matchMedia('(max-width: 639px), (max-height: 439px)');

/** Whether an open panel covers the page at the current viewport size. */
export const isPhone = (): boolean => phoneMedia().matches;
