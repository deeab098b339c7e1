// Builds the packages: protocol, gateway and widget as ES modules for npm, the files of the widget for the script tag, and the
// pages of the console, which the gateway ships.
import { copyFileSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import MagicString from 'magic-string';
import esbuild from 'rollup-plugin-esbuild';
import license from 'rollup-plugin-license';
import { minifyLiterals, visit } from './scripts/minify-literals.mjs';
import { shortPrivateNames } from './scripts/short-private-names.mjs';

const manifest = (name) =>
  JSON.parse(readFileSync(new URL(`packages/${name}/package.json`, import.meta.url), 'utf8'));
/** Dependencies are not bundled: their imports are kept. */
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
    // unsafe: texts are joined with +. It differs only for objects with a valueOf of their own, which no text contains.
    // inline, lhs_constants and sequences are limited because they make the code shorter, but larger after gzip.
    compress: {
      passes: 3,
      inline: 1,
      keep_fargs: false,
      lhs_constants: false,
      pure_getters: true,
      sequences: false,
      unsafe: true,
      unsafe_arrows: true,
      unsafe_methods: true,
    },
    // ascii_only: a browser decodes a classic script with the encoding of the page that loads it.
    format: { ascii_only: true, comments: /^!/ },
  });
/** Declares with one word: `const` is checked already, and where both words alternate, declarations cannot be joined. */
const letForConst = () => ({
  name: 'let-for-const',
  renderChunk(code) {
    const text = new MagicString(code);
    visit(this.parse(code), ({ type, kind, start }) => {
      if (type === 'VariableDeclaration' && kind === 'const') text.update(start, start + kind.length, 'let');
    });
    return { code: text.toString(), map: text.generateMap({ hires: true }) };
  },
});
const bundled = () => nodeResolve({ browser: true, extensions: ['.mjs', '.js', '.ts'] });
/** Converts the core of highlight.js, which is published only as CommonJS, to an ES module. */
const highlightCore = () => ({
  name: 'highlight-core',
  transform: (code, id) =>
    id.endsWith('/highlight.js/lib/core.js')
      ? { code: `const module = {};\n${code}\nexport default module.exports;`, map: null }
      : null,
});
/** A warning fails the build. */
const onwarn = (warning) => {
  throw new Error(`${warning.code ?? ''} ${warning.message}`);
};

/** Builds one output file for each source file, so that paths relative to a module and stack traces stay correct. */
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

/** Copies the demo's page and the documents that the demo answers from. */
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

/** Writes the licenses of all packages that are bundled into the application and its lazy chunks to one file. */
const licenses = () => license({ thirdParty: { output: `${CDN}/licenses.txt` } });

/** Compresses what pages load as small as it gets. It takes a second, which the gateway would need at each start. */
const brotli = () => ({
  name: 'brotli',
  writeBundle() {
    for (const file of readdirSync(CDN).filter((name) => name.endsWith('.js'))) {
      const content = readFileSync(join(CDN, file));
      const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length }; // the quality is the best by default
      writeFileSync(join(CDN, `${file}.br`), brotliCompressSync(content, { params }));
    }
  },
});

/** The file name of the app contains its content hash. The loader is built after the app, with this name. */
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

const CONSOLE = 'packages/gateway/dist/console';
/** Writes the page that loads the script of the console. Its name has a hash of its content. */
const consolePage = () => ({
  name: 'console-page',
  buildStart() {
    rmSync(CONSOLE, { recursive: true, force: true });
  },
  generateBundle(_options, bundle) {
    const { fileName } = Object.values(bundle).find(({ isEntry }) => isEntry);
    const head =
      '<meta charset="utf-8"><meta name="viewport" content="width=device-width,interactive-widget=resizes-content"><title>Rivulet console</title>';
    const icon = '<link rel="icon" href="data:,">';
    const script = `<script type="module" src="/admin/files/${fileName}"></script>`;
    const source = `<!doctype html><html lang="en"><head>${head}${icon}${script}</head><body></body></html>\n`;
    this.emitFile({ type: 'asset', fileName: 'index.html', source });
  },
});

const gateway = modules(
  'gateway',
  ['src/index.ts', 'src/cli/main.ts', 'src/stores/sqlite-worker.ts', 'src/testing/index.ts', 'demo/index.ts'],
  'node22',
  'packages/gateway',
);
gateway.plugins.push(copyDemo());

export default [
  modules(
    'protocol',
    ['index.ts', 'testing/index.ts', 'conformance/index.ts', 'conformance/main.ts'],
    'es2022',
  ),
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
    // Without this, a schema that reads fields of another schema counts as a side effect. No getter of this code has side effects.
    treeshake: { propertyReadSideEffects: false },
    // Code that the lazy chunks share stays in the entry: a facade chunk would cost every page one more round trip.
    preserveEntrySignatures: 'allow-extension',
    output: {
      dir: CDN,
      format: 'es',
      sourcemap: true,
      entryFileNames: 'app-[hash:7].js',
      // The app names thirty chunks, and neither names nor hashes compress. 42 bits tell all chunks of all versions apart.
      chunkFileNames: '[hash:7].js',
    },
    plugins: [
      rememberApp(),
      licenses(),
      bundled(),
      highlightCore(),
      typescript('es2022'),
      minifyLiterals(),
      letForConst(),
      minify(),
      shortPrivateNames(),
    ],
    onwarn,
  },
  {
    // A classic script: a page can load it without type="module". It defines one global variable.
    input: 'packages/widget/src/loader.ts',
    output: { file: `${CDN}/rivulet.js`, format: 'iife', sourcemap: true },
    plugins: [
      {
        name: 'app-file',
        renderChunk: (code) => ({
          code: code.replaceAll('RIVULET_APP_FILE', () => JSON.stringify(`rivulet/${appFile}`)),
          map: null, // the replacement does not change the line numbers
        }),
      },
      bundled(),
      typescript('es2022'),
      minifyLiterals(),
      letForConst(),
      minify(),
      shortPrivateNames(),
      brotli(),
    ],
    onwarn,
  },
  {
    input: 'packages/console/src/main.ts',
    treeshake: { propertyReadSideEffects: false },
    output: {
      dir: CONSOLE,
      format: 'es',
      entryFileNames: 'console-[hash:10].js',
      chunkFileNames: '[hash:10].js',
    },
    plugins: [
      consolePage(),
      license({ thirdParty: { output: `${CONSOLE}/licenses.txt` } }),
      bundled(),
      highlightCore(),
      typescript('es2022'),
      minify(),
    ],
    onwarn,
  },
  {
    // What the gateway appends to the loader for a site, with its data in place of a name.
    input: 'packages/widget/src/site.ts',
    output: { file: `${CDN}/site.js`, format: 'iife' },
    plugins: [bundled(), typescript('es2022'), minifyLiterals(), letForConst(), minify()],
    onwarn,
  },
];
