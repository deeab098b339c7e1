import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const page = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

// Two pages: the playground, and the preview page in its frame.
export default defineConfig({
  base: './',
  build: { rolldownOptions: { input: [page('index.html'), page('preview.html')] } },
});
