/** The real builds of libraries that pages use beside the widget, as text for a script tag. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const inModules = (path: string): string =>
  readFileSync(new URL(`../../node_modules/${path}`, import.meta.url), 'utf8');

/** A page with React and a Radix dialog: `globalThis.openDialog()` opens it. */
const RADIX = `
import { createElement as h, useState } from 'react';
import { createRoot } from 'react-dom/client';
import * as Dialog from '@radix-ui/react-dialog';
const App = () => {
  const [isOpen, setOpen] = useState(false);
  globalThis.openDialog = () => setOpen(true);
  return h(Dialog.Root, { open: isOpen, onOpenChange: setOpen },
    h(Dialog.Portal, null, h(Dialog.Overlay), h(Dialog.Content, { onPointerDownOutside: (event) => event.preventDefault() },
      h(Dialog.Title, null, 'Order'), h(Dialog.Description, null, 'Where to?'), h('input', { id: 'field' }))));
};
createRoot(document.getElementById('root')).render(h(App));`;

async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('../..', import.meta.url)) },
    bundle: true,
    format: 'iife',
    write: false,
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  return outputFiles[0]?.text ?? '';
}

/** The text of each build by its name. */
export async function readHostBuilds(): Promise<Record<string, string>> {
  return {
    bootstrap: inModules('bootstrap/dist/js/bootstrap.bundle.min.js'),
    'focus-trap': await bundle(
      `import { createFocusTrap } from 'focus-trap'; Object.assign(globalThis, { createFocusTrap });`,
    ),
    lenis: inModules('lenis/dist/lenis.min.js'),
    turbo: inModules('@hotwired/turbo/dist/turbo.es2017-umd.js'),
    htmx: inModules('htmx.org/dist/htmx.min.js'),
    radix: await bundle(RADIX),
    // The part of Prototype.js that changes the prototypes of the language, as a module.
    prototype: await bundle(`import * as prototype from 'prototype'; Object.assign(globalThis, prototype);`),
  };
}
