/** Where an open panel covers the page. */

/** The same limit as in the style sheet. */
export const phoneMedia = (): MediaQueryList => matchMedia('(max-width: 639px)');

/** Whether an open panel covers the page. */
export const isPhone = (): boolean => phoneMedia().matches;
