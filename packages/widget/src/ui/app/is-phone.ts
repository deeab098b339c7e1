/** Where an open panel covers the page. */

/**
 * The same limits as in the style sheets. So low is a phone on its side, and a laptop at 200 %: beside its launcher a
 * panel would have room for two lines.
 */
export const phoneMedia = (): MediaQueryList => matchMedia('(max-width: 639px), (max-height: 439px)');

/** Whether an open panel covers the page. */
export const isPhone = (): boolean => phoneMedia().matches;
