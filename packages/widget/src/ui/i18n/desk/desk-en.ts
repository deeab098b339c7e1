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
  /** Button below an answer that did not help, and entry of the menu: asks for a person. */
  askPerson: string;
  /** In the transcript: a person is being asked for. */
  personAsking: string;
  /** In the transcript: nobody can be asked for before the first message. */
  askPersonFirst: string;
  /** In the transcript, above the form for an address: nobody is there. */
  nobodyThere: string;
  /** Field of the form for an address: the name. */
  addressName: string;
  /** Field of the form for an address. */
  addressEmail: string;
  /** Checkbox of the form for an address. */
  addressConsent: string;
  /** Button that sends the address. */
  addressSend: string;
  /** In the transcript, in place of the form: an address was left. */
  addressSent: string;
  /** Validation: no e-mail address. */
  addressEmailMissing: string;
  /** Validation: not agreed. */
  addressConsentMissing: string;
  /** Asking for a person, or sending the address, failed. */
  notSent: string;
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
  askPerson: 'Talk to a person',
  personAsking: 'Asking for a person…',
  askPersonFirst: 'Write what it is about first. Then you can ask for a person.',
  nobodyThere:
    'Nobody is here right now. Leave your e-mail address and we will get back to you. You can also keep writing here.',
  addressName: 'Name (optional)',
  addressEmail: 'E-mail address',
  addressConsent: 'I agree that my address is stored so that you can answer me.',
  addressSend: 'Send',
  addressSent: 'Thank you. We will write to you by e-mail.',
  addressEmailMissing: 'Please enter a valid e-mail address.',
  addressConsentMissing: 'Please agree, so that we can write to you.',
  notSent: 'That did not work. Please try again.',
};
