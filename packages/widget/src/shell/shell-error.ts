/** The error class of the element, which must not load the protocol package. */

/**
 * An error of the element itself: the application could not be loaded, or `rivulet()` was called with an unknown command. It has
 * no `code`; errors of the chat are ChatErrors.
 */
export class ShellError extends Error {}
