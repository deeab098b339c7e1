/** Invariants 8 and 9: what is newer than a reader, and what is not for its eyes. */
import { testsOf, type Invariant } from './break.ts';

const codec = testsOf('packages/protocol/src/codec/codec.test.ts');
const view = testsOf('packages/protocol/src/conversation/view.test.ts');
const golden = testsOf('packages/protocol/src/conversation/golden.test.ts');
const gateway = testsOf('packages/gateway/src/gateway.test.ts');
const versions = testsOf('packages/gateway/src/sessions/versions.test.ts');
const strangers = testsOf('packages/gateway/src/conversations/strangers.test.ts');
const stores = testsOf(
  'packages/gateway/src/stores/sqlite.test.ts',
  'packages/gateway/src/testing/contracts/store-accepting-contract.ts',
);
const owners = testsOf(
  'packages/gateway/src/stores/sqlite.test.ts',
  'packages/gateway/src/testing/contracts/store-contract.ts',
);
const ATTEMPTS = 'whoever tries %s is answered as if there were none, and shown nothing';

export const UNKNOWN_IS_IGNORED: Invariant = {
  number: 8,
  says: 'Unknown fields and types are ignored and counted; a logged one keeps its place',
  breaks: [
    {
      means: 'an event of a type that the reader does not know makes its frame unreadable',
      file: 'packages/protocol/src/codec/codec.ts',
      edits: [
        [
          'schema === undefined ? readUnknownEvent(value)',
          'schema === undefined ? validate(CommandSchema, value)',
        ],
      ],
      caughtBy: codec('is ignored and counted when its type is unknown (invariant 8)'),
      failsWith: 'ChatError',
    },
    {
      means: 'what is ignored is not counted',
      file: 'packages/protocol/src/codec/codec.ts',
      edits: [["if (item === undefined || item.type === 'unknown') ignored += 1;", '']],
      caughtBy: codec('is ignored and counted when its type is unknown (invariant 8)'),
    },
    {
      means: 'a field that the reader does not know is let in',
      file: 'packages/protocol/src/codec/codec.ts',
      edits: [
        [
          'readUnknownEvent(value) : validate(schema, value);',
          'readUnknownEvent(value) : { ...value, ...validate(schema, value) };',
        ],
      ],
      caughtBy: codec('is left out when it is a field (invariant 8)'),
    },
    {
      means: 'an event of unknown type does not move the position of a viewer',
      file: 'packages/protocol/src/conversation/view.ts',
      edits: [
        [
          'position: { epoch, seq: event.seq }',
          "position: { epoch, seq: event.type === 'unknown' ? seq : event.seq }",
        ],
      ],
      caughtBy: view('moves over an event of unknown type'),
    },
    {
      means: 'a command that the gateway does not know ends the line',
      file: 'packages/gateway/src/sessions/session-state.ts',
      edits: [
        [
          "return { kind: 'reject', error: new ChatError('unsupported'), ...commandIdField(incoming.commandId) };",
          "return { kind: 'refuse', error: new ChatError('unsupported'), code: CLOSE_CODES.unsupported };",
        ],
      ],
      caughtBy: gateway('stays open after an unreadable frame and after a command of an unknown type'),
      failsWith: 'the line closed',
    },
    {
      means: 'a client of another minor version is sent away',
      file: 'packages/gateway/src/sessions/session.ts',
      edits: [["version.split('.')[0] === PROTOCOL_VERSION.split('.')[0]", 'version === PROTOCOL_VERSION']],
      caughtBy: versions('welcomes a client of %s'),
      failsWith: 'the line closed before welcome',
    },
  ],
  alsoProvedBy: [golden('folds to the recorded state')],
};

export const DECIDED_FROM_THE_PRINCIPAL: Invariant = {
  number: 9,
  says: 'What a viewer may read or do is decided from its principal; another’s is `not-found`',
  breaks: [
    {
      means: 'the owner of a conversation is not compared',
      file: 'packages/gateway/src/conversations/conversations.ts',
      edits: [[' || record.ownerId !== principal.id)', ')']],
      caughtBy: strangers(ATTEMPTS),
    },
    {
      means: 'another’s conversation is `forbidden`, which tells that it is there',
      file: 'packages/gateway/src/conversations/conversations.ts',
      edits: [
        [
          "record.ownerId !== principal.id)\n    throw new ChatError('not-found');",
          "record.ownerId !== principal.id)\n    throw new ChatError(record === undefined ? 'not-found' : 'forbidden');",
        ],
      ],
      caughtBy: strangers(ATTEMPTS),
    },
    {
      means: 'anybody may subscribe',
      file: 'packages/gateway/src/sessions/session.ts',
      edits: [['await this.#options.conversations.authorize(principal, conversationId);', '']],
      caughtBy: strangers('a hello that names it is greeted and shown nothing of it'),
    },
    {
      means: 'anybody may stop a run',
      file: 'packages/gateway/src/conversations/conversations.ts',
      edits: [['await authorize(store, principal, conversationId);\n      const messages', 'const messages']],
      caughtBy: strangers('a stop leaves its run alone'),
    },
    {
      means: 'the store takes a message to another owner’s conversation',
      file: 'packages/gateway/src/stores/sqlite.ts',
      edits: [
        [
          "if (site_id !== owner.siteId || owner_id !== owner.ownerId) return { kind: 'not-found' };",
          "if (site_id === '' || owner_id === '') return { kind: 'not-found' };",
        ],
      ],
      caughtBy: stores("another owner's conversation is not found, and nothing is written to it (9)"),
    },
    {
      means: 'the store does not ask of which site an owner is',
      file: 'packages/gateway/src/stores/sqlite.ts',
      edits: [
        [
          'if (site_id !== owner.siteId || owner_id !== owner.ownerId)',
          "if (site_id === '' || owner_id !== owner.ownerId)",
        ],
      ],
      caughtBy: stores('the same owner id on another site is another owner (9)'),
    },
  ],
  alsoProvedBy: [
    gateway('of another visitor gets not-found for the conversation (invariant 9)'),
    testsOf('packages/gateway/src/http/conversation-routes.test.ts')(
      'responds not-found for another visitor’s conversation and for an invalid id (9)',
    ),
    testsOf('packages/gateway/src/conversations/identity-merge.test.ts')(
      'is sent away where they are still the visitor, who does not see it any more (9)',
    ),
    owners('owners whose names begin alike, or are cut elsewhere, are strangers (9)'),
  ],
};
