// The import rule of ARCHITECTURE.md, type imports counted: one way, adapters never meet, no cycle.
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const adapters = (folder, seam) =>
  rule(
    `${folder}-adapters-import-only-their-seam`,
    'Adapters and core import the interface file of the seam, never each other.',
    { path: `^packages/gateway/src/${folder}/`, pathNot: '\\.test\\.ts$' },
    { path: '^packages/gateway/src/', pathNot: [`^packages/gateway/src/${folder}/`, ...seam] },
  );
/** What every adapter may import beside its seam's room. */
const leaves = ['^packages/gateway/src/base/'];

/** The rooms of the gateway in rank order: each imports only from itself and from those before it. */
const GATEWAY_ROOMS = [
  'base',
  'providers',
  'stores',
  'event-logs',
  'auth',
  'files',
  'tools',
  'transports',
  'sites',
  'conversations',
  'prompt',
  'runs',
  'sessions',
  'http',
];
const ranks = GATEWAY_ROOMS.map((room, rank) => {
  const above = GATEWAY_ROOMS.slice(0, rank + 1).join('|');
  return rule(
    `room-${room}-imports-only-rooms-above-it`,
    `Rank order: ${GATEWAY_ROOMS.join(' < ')} < composition (gateway.ts) < cli.`,
    { path: `^packages/gateway/src/${room}/`, pathNot: '\\.test\\.ts$' },
    { path: '^packages/gateway/(src|demo)/', pathNot: `^packages/gateway/src/(${above})/` },
  );
});

export default {
  forbidden: [
    rule('no-cycle', 'A cycle, type-only included, is two rooms that are one.', {}, { circular: true }),
    rule('no-unresolved', 'Every import resolves.', { pathNot: '^examples/' }, { couldNotResolve: true }),
    rule(
      'protocol-knows-nobody',
      'Schemas and pure functions.',
      { path: '^packages/protocol/src/', pathNot: '\\.test\\.ts$' },
      { path: ['^packages/(gateway|widget)/', '^node:'] },
    ),
    rule(
      'gateway-not-widget',
      'Gateway and widget meet on the wire alone.',
      { path: '^packages/gateway/src/' },
      { path: '^packages/widget/' },
    ),
    rule(
      'widget-not-gateway',
      'Gateway and widget meet on the wire alone.',
      { path: '^packages/widget/src/' },
      { path: '^packages/gateway/' },
    ),
    rule(
      'client-is-headless',
      'The client runs without a DOM, without Lit.',
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
      'markdown-knows-nobody',
      'Text to nodes; nothing of ours.',
      { path: '^packages/widget/src/markdown/', pathNot: '\\.test\\.ts$' },
      { path: '^packages/', pathNot: '^packages/widget/src/markdown/' },
    ),
    rule(
      'openai-in-one-file',
      'One import of the SDK.',
      { path: '^packages/gateway/src/', pathNot: ['^packages/gateway/src/providers/openai'] },
      { path: 'node_modules/openai' },
    ),
    rule(
      'lit-only-in-ui',
      'Lit stays behind the lazy door.',
      { path: '^packages/widget/src/', pathNot: '^packages/widget/src/ui/' },
      { path: 'node_modules/(lit|lit-html|lit-element|@lit)/' },
    ),
    rule(
      'through-the-door',
      'Protocol is imported by its door.',
      { path: '^packages/(gateway|widget)/' },
      {
        path: '^packages/protocol/(src|dist)/',
        pathNot: '^packages/protocol/(src|dist)/(testing/)?index\\.(ts|js|d\\.ts)$',
      },
    ),
    ...ranks,
    rule(
      'composition-not-cli',
      'createGateway is a library: the command line is built on it.',
      { path: '^packages/gateway/src/[^/]+\\.ts$', pathNot: '\\.test\\.ts$' },
      { path: '^packages/gateway/src/cli/' },
    ),
    rule(
      'demo-is-not-in-the-library',
      'Only the command line loads the demo, and only when it is configured.',
      { path: '^packages/gateway/src/', pathNot: '^packages/gateway/src/cli/compose\\.ts$' },
      { path: '^packages/gateway/demo/' },
    ),
    rule(
      'demo-imports-only-seams',
      'The demo is an adapter of the provider and tool seams.',
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
