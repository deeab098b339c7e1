// What ships: protocol, gateway and widget as ES modules for npm, and the widget's files for a script tag.
import { copyFileSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import esbuild from 'rollup-plugin-esbuild';
import license from 'rollup-plugin-license';
import { minifyLiterals } from './scripts/minify-literals.mjs';

const manifest = (name) =>
  JSON.parse(readFileSync(new URL(`packages/${name}/package.json`, import.meta.url), 'utf8'));
/** Dependencies stay imports. */
const external = (name) => {
  const { dependencies, peerDependencies } = manifest(name);
  const names = Object.keys({ ...dependencies, ...peerDependencies });
  return (id) => id.startsWith('node:') || names.some((one) => id === one || id.startsWith(`${one}/`));
};
const typescript = (target) => esbuild({ target, tsconfig: false, sourceMap: true });
const minify = () =>
  terser({
    ecma: 2022,
    module: true,
    // inline, lhs_constants, sequences: what these shorten, gzip compresses worse than the code as it was written.
    compress: {
      passes: 3,
      inline: 1,
      keep_fargs: false,
      lhs_constants: false,
      pure_getters: true,
      sequences: false,
      unsafe_arrows: true,
      unsafe_methods: true,
    },
    // A classic script is read in the encoding of the page that loads it.
    format: { ascii_only: true, comments: /^!/ },
  });
const bundled = () => nodeResolve({ browser: true, extensions: ['.mjs', '.js', '.ts'] });
/** highlight.js has its core as CommonJS alone. */
const highlightCore = () => ({
  name: 'highlight-core',
  transform: (code, id) =>
    id.endsWith('/highlight.js/lib/core.js')
      ? { code: `const module = {};\n${code}\nexport default module.exports;`, map: null }
      : null,
});
/** A warning is a mistake. */
const onwarn = (warning) => {
  throw new Error(`${warning.code ?? ''} ${warning.message}`);
};

/** One file out for one file in: paths relative to a module, and stack traces, stay true. */
const modules = (name, input, target, root = `packages/${name}/src`) => ({
  input: input.map((file) => `${root}/${file}`),
  external: external(name),
  output: {
    dir: `packages/${name}/dist`,
    format: 'es',
    sourcemap: true,
    preserveModules: true,
    preserveModulesRoot: root,
  },
  plugins: [typescript(target)],
  onwarn,
});

/** What the demo shows and answers from: its page, and the documents of this repository. */
const copyDemo = () => ({
  name: 'copy-demo',
  writeBundle() {
    cpSync('packages/gateway/demo/page', 'packages/gateway/dist/demo/page', { recursive: true });
    const target = 'packages/gateway/dist/demo/documents';
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target, { recursive: true });
    for (const file of ['README.md', 'ARCHITECTURE.md', 'PROTOCOL.md', 'SECURITY.md', 'CONTRIBUTING.md']) {
      copyFileSync(file, `${target}/${basename(file)}`);
    }
    copyFileSync('packages/widget/README.md', `${target}/WIDGET.md`);
    for (const file of readdirSync('docs/decisions'))
      copyFileSync(`docs/decisions/${file}`, `${target}/${file}`);
  },
});

const CDN = 'packages/widget/dist/cdn';

/** The licenses of the packages that the application and its lazy chunks contain, once for all of them. */
const licenses = () => license({ thirdParty: { output: `${CDN}/licenses.txt` } });

/** The app's name carries its content's hash; the loader, built after it, is told. */
let appFile;
const rememberApp = () => ({
  name: 'remember-app',
  buildStart() {
    rmSync(CDN, { recursive: true, force: true });
  },
  writeBundle(_options, bundle) {
    appFile = Object.values(bundle).find(({ isEntry }) => isEntry).fileName;
  },
});

const gateway = modules(
  'gateway',
  ['src/index.ts', 'src/cli/main.ts', 'src/testing/index.ts', 'demo/index.ts'],
  'node22',
  'packages/gateway',
);
gateway.plugins.push(copyDemo());

export default [
  modules('protocol', ['index.ts', 'testing/index.ts'], 'es2022'),
  gateway,
  modules(
    'widget',
    [
      'index.ts',
      'define.ts',
      'client/index.ts',
      'client/conversation/history.ts',
      'react/index.ts',
      'vue/index.ts',
    ],
    'es2022',
  ),
  {
    input: 'packages/widget/src/ui/app.ts',
    // A schema that takes the fields of another would count as an effect: no getter of ours has one.
    treeshake: { propertyReadSideEffects: false },
    // What its lazy chunks share stays in the entry: a facade would cost every page one more round trip.
    preserveEntrySignatures: 'allow-extension',
    output: {
      dir: CDN,
      format: 'es',
      sourcemap: true,
      entryFileNames: 'app-[hash].js',
      chunkFileNames: '[name]-[hash].js',
    },
    plugins: [
      rememberApp(),
      licenses(),
      bundled(),
      highlightCore(),
      typescript('es2022'),
      minifyLiterals(),
      minify(),
    ],
    onwarn,
  },
  {
    // A classic script: it may stand in a page without type="module", and leaves one global.
    input: 'packages/widget/src/loader.ts',
    output: { file: `${CDN}/rivulet.js`, format: 'iife', sourcemap: true },
    plugins: [
      {
        name: 'app-file',
        renderChunk: (code) => ({
          code: code.replaceAll('RIVULET_APP_FILE', () => JSON.stringify(`rivulet/${appFile}`)),
          map: null, // one line stays one line
        }),
      },
      bundled(),
      typescript('es2022'),
      minifyLiterals(),
      minify(),
    ],
    onwarn,
  },
];
