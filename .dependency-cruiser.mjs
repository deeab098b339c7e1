// The import rules of ARCHITECTURE.md. They also apply to type imports: one direction, no import between adapters, no cycle.
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const adapters = (folder, seam) =>
  rule(
    `${folder}-adapters-import-only-their-seam`,
    'The files of a seam import only from their own room and from base.',
    { path: `^packages/gateway/src/${folder}/`, pathNot: '\\.test\\.ts$' },
    { path: '^packages/gateway/src/', pathNot: [`^packages/gateway/src/${folder}/`, ...seam] },
  );
/** @param files the names of the files that import the package, with their rooms, as a regular expression */
const onlyIn = (packageName, { name, comment, files }) =>
  rule(
    name,
    comment,
    { path: '^packages/gateway/src/', pathNot: [`^packages/gateway/src/${files}`] },
    { path: `node_modules/${packageName}/` },
  );
/** What every adapter may import in addition to its own folder. */
const leaves = ['^packages/gateway/src/base/'];

/** The rooms (folders) of the gateway in rank order: each imports only from itself and from the rooms before it. */
const GATEWAY_ROOMS = [
  'base',
  'providers',
  'telemetry',
  'stores',
  'event-logs',
  'auth',
  'files',
  'tools',
  'knowledge',
  'rate-limits',
  'webhooks',
  'mail',
  'prompt',
  'budgets',
  'moderation',
  'transports',
  'sites',
  'access',
  'conversations',
  'runs',
  'sessions',
  'http',
  'compat',
  'admin',
];
const ranks = GATEWAY_ROOMS.map((room, rank) => {
  const above = GATEWAY_ROOMS.slice(0, rank + 1).join('|');
  return rule(
    `room-${room}-imports-only-rooms-above-it`,
    `A room imports only from itself and the rooms before it: ${GATEWAY_ROOMS.join(' < ')} < composition (gateway.ts) < cli.`,
    { path: `^packages/gateway/src/${room}/`, pathNot: '\\.test\\.ts$' },
    { path: '^packages/gateway/(src|demo)/', pathNot: `^packages/gateway/src/(${above})/` },
  );
});

export default {
  forbidden: [
    rule(
      'no-cycle',
      'No import cycles, including type-only cycles: modules in a cycle cannot be understood separately.',
      {},
      { circular: true },
    ),
    rule('no-unresolved', 'Every import must resolve.', { pathNot: '^examples/' }, { couldNotResolve: true }),
    rule(
      'protocol-imports-no-package',
      'The protocol contains only schemas and pure functions: it imports neither the gateway, nor the widget, nor Node, nor the checks of servers.',
      { path: '^packages/protocol/src/', pathNot: ['\\.test\\.ts$', '^packages/protocol/src/conformance/'] },
      { path: ['^packages/(gateway|widget)/', '^node:', '^packages/protocol/src/conformance/'] },
    ),
    ...[
      ['gateway', 'widget'],
      ['widget', 'gateway'],
    ].map(([one, other]) =>
      rule(
        `${one}-not-${other}`,
        'Gateway and widget share only the wire protocol.',
        { path: `^packages/${one}/src/` },
        { path: `^packages/${other}/` },
      ),
    ),
    rule(
      'client-is-headless',
      'The client runs without a DOM and without Lit.',
      { path: '^packages/widget/src/client/', pathNot: '\\.test\\.ts$' },
      {
        path: [
          '^packages/widget/src/(ui|markdown|shell)/',
          '^packages/widget/src/[^/]+\\.ts$',
          'node_modules/lit',
        ],
      },
    ),
    rule(
      'markdown-imports-nothing-else',
      'The Markdown renderer is independent of the rest of the code.',
      { path: '^packages/widget/src/markdown/', pathNot: '\\.test\\.ts$' },
      { path: '^packages/', pathNot: '^packages/widget/src/markdown/' },
    ),
    onlyIn('openai', {
      name: 'openai-in-its-providers',
      comment: 'Only the OpenAI providers import the OpenAI SDK.',
      files: 'providers/openai',
    }),
    onlyIn('undici', {
      name: 'undici-in-three-files',
      comment: 'Only the HTTP clients of the upstream, of the webhooks and of documents import undici.',
      files: '(providers/upstream-fetch|webhooks/send|knowledge/fetch-document)[.]',
    }),
    onlyIn('openid-client', {
      name: 'openid-client-in-two-files',
      comment: 'Only the client of the identity provider and its errors import openid-client.',
      files: 'admin/oidc-(client|error)[.]',
    }),
    onlyIn('nodemailer', {
      name: 'nodemailer-in-one-file',
      comment:
        'Only the sender of mails imports nodemailer, and only its types: it is loaded when mail is configured.',
      files: 'mail/smtp-sender[.]',
    }),
    rule(
      'lit-only-in-ui',
      'Lit is loaded lazily with the user interface, so no other code imports it.',
      { path: '^packages/widget/src/', pathNot: '^packages/widget/src/ui/' },
      { path: 'node_modules/(lit|lit-html|lit-element|@lit)/' },
    ),
    rule(
      'protocol-by-its-index',
      'Other packages import the protocol through its index files.',
      { path: '^packages/(gateway|widget|console)/' },
      {
        path: '^packages/protocol/(src|dist)/',
        pathNot: '^packages/protocol/(src|dist)/((testing|conformance)/)?index\\.(ts|js|d\\.ts)$',
      },
    ),
    rule(
      'console-renders-with-the-widget',
      'The console imports the protocol, and of the widget what renders messages.',
      { path: '^packages/console/src/', pathNot: '\\.test\\.ts$' },
      { path: '^packages/(gateway|widget)/', pathNot: '^packages/widget/src/reading\\.ts$' },
    ),
    rule(
      'nothing-imports-the-console',
      'Visitors load no code of the console, and the gateway serves its files as they are.',
      { path: '^packages/(protocol|gateway|widget)/' },
      { path: '^packages/console/' },
    ),
    ...ranks,
    rule(
      'composition-not-cli',
      'createGateway is a library: the command line imports it, not the other way round.',
      { path: '^packages/gateway/src/[^/]+\\.ts$', pathNot: '\\.test\\.ts$' },
      { path: '^packages/gateway/src/cli/' },
    ),
    rule(
      'demo-is-not-in-the-library',
      'Only the command line loads the demo, and only when the demo is configured.',
      { path: '^packages/gateway/src/', pathNot: '^packages/gateway/src/cli/compose-replies\\.ts$' },
      { path: '^packages/gateway/demo/' },
    ),
    rule(
      'demo-imports-only-interfaces',
      'The demo implements the provider and tool interfaces and imports only their rooms and base.',
      { path: '^packages/gateway/demo/', pathNot: '\\.test\\.ts$' },
      { path: '^packages/gateway/src/', pathNot: '^packages/gateway/src/(base|providers|tools)/' },
    ),
    ...['providers', 'stores', 'event-logs', 'auth', 'transports', 'files', 'tools'].map((folder) =>
      adapters(folder, leaves),
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.test.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
