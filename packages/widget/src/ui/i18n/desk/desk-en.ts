/** Texts about the people behind the chat in English, and the schema for all other languages. */

/** Texts about the people behind the chat. Placeholders are written `{name}`. */
export interface DeskStrings {
  /** Status in the header: the visitor waits for a person. */
  personAwaited: string;
  /** Status in the header: the person who answers is typing. */
  personTyping: string;
  /** In the transcript: the visitor waits for a person. */
  inQueue: string;
  /** In the transcript: a person answers from here on; `{name}`. */
  personJoined: string;
  /** In the transcript: the AI answers again from here on. */
  aiReturned: string;
  /** In place of the notice that an AI answers; `{name}` is the person. */
  personNotice: string;
  /** Why editing is not possible. */
  editWhenAi: string;
}

/** The English texts. */
export const deskEn: DeskStrings = {
  personAwaited: 'Waiting for a person…',
  personTyping: 'Typing…',
  inQueue: 'You are waiting for a person. You can keep writing.',
  personJoined: '{name} has joined the conversation.',
  aiReturned: 'The AI assistant answers again.',
  personNotice: 'You are chatting with {name}.',
  editWhenAi: 'You can edit as soon as the AI answers again.',
};
