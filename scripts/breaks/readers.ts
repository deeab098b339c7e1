/** Breaks of invariants 8 and 9: unknown fields and types are ignored, and access is decided from the principal. */
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
const reading = testsOf(
  'packages/gateway/src/stores/sqlite.test.ts',
  'packages/gateway/src/testing/contracts/store-reading-contract.ts',
);
const decision = testsOf('packages/gateway/src/access/authorize.test.ts');
const owners = testsOf(
  'packages/gateway/src/stores/sqlite.test.ts',
  'packages/gateway/src/testing/contracts/store-contract.ts',
);
const ATTEMPTS = '%s is answered as for an unknown conversation, and shows nothing';

/** Invariant 8. */
export const UNKNOWN_IS_IGNORED: Invariant = {
  number: 8,
  statement:
    'Unknown fields and types are ignored and counted; a logged event of an unknown type keeps its place',
  breaks: [
    {
      description: 'an event of an unknown type makes its frame invalid',
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
      description: 'ignored items are not counted',
      file: 'packages/protocol/src/codec/codec.ts',
      edits: [["if (item === undefined || item.type === 'unknown') ignored += 1;", '']],
      caughtBy: codec('is ignored and counted when its type is unknown (invariant 8)'),
    },
    {
      description: 'an unknown field is kept',
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
      description: 'an event of unknown type does not move the position of a viewer',
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
      description: 'an unknown command closes the connection',
      file: 'packages/gateway/src/sessions/session-state.ts',
      edits: [
        [
          "return { kind: 'reject', error: new ChatError('unsupported'), ...commandIdField(incoming.commandId) };",
          "return { kind: 'refuse', error: new ChatError('unsupported'), code: CLOSE_CODES.unsupported };",
        ],
      ],
      caughtBy: gateway(
        'stays open after a command with a wrong field and after a command of an unknown type',
      ),
      failsWith: 'the connection closed',
    },
    {
      description: 'a client with another minor version is rejected',
      file: 'packages/gateway/src/sessions/welcome.ts',
      edits: [["version.split('.')[0] === PROTOCOL_VERSION.split('.')[0]", 'version === PROTOCOL_VERSION']],
      caughtBy: versions('welcomes a client of %s'),
      failsWith: 'the connection closed before welcome',
    },
  ],
  alsoProvedBy: [golden('folds to the recorded state')],
};

/** Invariant 9. */
export const DECIDED_FROM_THE_PRINCIPAL: Invariant = {
  number: 9,
  statement:
    'What a viewer may read or do is decided from its principal; a conversation of another owner is `not-found`',
  breaks: [
    {
      description: 'the owner of a conversation is not compared',
      file: 'packages/gateway/src/access/authorize.ts',
      edits: [['owner?.siteId === siteId && owner.ownerId === id', 'owner?.siteId === siteId']],
      caughtBy: decision('%s: a conversation of anybody else is one that does not exist'),
    },
    {
      description: 'a conversation of another owner is `forbidden`, which reveals that it exists',
      file: 'packages/gateway/src/access/authorize.ts',
      edits: [
        [
          "return isOwner(resource.owner, principal) ? undefined : new ChatError('not-found');",
          "return isOwner(resource.owner, principal) ? undefined : new ChatError(resource.owner ? 'forbidden' : 'not-found');",
        ],
      ],
      caughtBy: decision('%s: a conversation of anybody else is one that does not exist'),
    },
    {
      description: 'a conversation is read for its id alone, and nothing is decided',
      file: 'packages/gateway/src/access/owned-conversation.ts',
      edits: [
        [
          "const record = await store.readConversation(conversationId, ownerOf(principal));\n  authorize({ principal, action, resource: { kind: 'conversation', owner: record } });",
          'const record = await store.readConversation(conversationId);\n  void [principal, action];',
        ],
      ],
      caughtBy: strangers(ATTEMPTS),
    },
    {
      description: 'the store does not compare the owner that a reader names',
      file: 'packages/gateway/src/stores/sqlite-core.ts',
      edits: [
        [
          'row.site_id === owner.siteId && row.owner_id === owner.ownerId ? row : undefined',
          "owner.ownerId === '' ? undefined : row",
        ],
      ],
      caughtBy: reading(
        'a conversation of another owner reads as one that does not exist, to a reader that names itself (9)',
      ),
    },
    {
      description: 'subscribing does not check the owner',
      file: 'packages/gateway/src/sessions/session.ts',
      edits: [
        [
          "await this.#options.viewerAccess.admit({ principal, action: 'subscribe', conversationId }, end.signal);",
          'void principal;',
        ],
      ],
      caughtBy: strangers('a hello that subscribes to it is welcomed, and shows nothing of it'),
    },
    {
      description: 'stopping a run does not check the owner',
      file: 'packages/gateway/src/conversations/conversations.ts',
      edits: [
        [
          "const { unfinished } = await readOwnStanding(store, { principal, action: 'abort-run', conversationId });",
          'void principal;\n      const { unfinished = [] } = (await store.readStanding(conversationId)) ?? {};',
        ],
      ],
      caughtBy: strangers('a stop does not abort its run'),
    },
    {
      description: 'the store accepts a message in a conversation of another owner',
      file: 'packages/gateway/src/stores/sqlite-core.ts',
      edits: [
        [
          'if (found !== undefined && (found.site_id !== siteId || found.owner_id !== ownerId))',
          "if (found !== undefined && (found.site_id === '' || found.owner_id === ''))",
        ],
      ],
      caughtBy: stores("an acceptance in another owner's conversation is not-found and writes nothing (9)"),
    },
    {
      description: 'the store does not compare the site of the owner',
      file: 'packages/gateway/src/stores/sqlite-core.ts',
      edits: [
        [
          'found.site_id !== siteId || found.owner_id !== ownerId',
          "found.site_id === '' || found.owner_id !== ownerId",
        ],
      ],
      caughtBy: stores('the same owner id on another site is a different owner (9)'),
    },
  ],
  alsoProvedBy: [
    gateway('of another visitor gets not-found for the conversation (invariant 9)'),
    testsOf('packages/gateway/src/http/conversation-routes.test.ts')(
      'responds not-found for another visitor’s conversation and for an invalid id (9)',
    ),
    testsOf('packages/gateway/src/conversations/identity-merge.test.ts')(
      'is disconnected where still connected as the visitor, who has no access any more (9)',
    ),
    owners(
      'owners with similar ids are different owners, also when site id and owner id concatenate to the same text (9)',
    ),
  ],
};
