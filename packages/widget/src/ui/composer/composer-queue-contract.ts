/** Contract between the composer and its lazily loaded list of queued messages. */

/** What is shown of the messages that wait until the answer is finished. Once created it stays with its composer. */
export interface ComposerQueue {
  /** Whether no more messages may wait. */
  readonly isFull: boolean;
  /** Renders the queued messages above the text field. */
  renderAbove(): unknown;
  /** Renders the button that queues the text, in the row of the text field. @param canSend whether the text may be sent */
  renderButton(canSend: boolean): unknown;
}
