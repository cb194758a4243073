import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const here = import.meta.dirname;

/** The pages as static files, with every asset beside them: nothing comes from elsewhere. */
export default defineConfig({
  root: here,
  base: './',
  // The pages are served beside the folder of the assets, possibly under the path prefix of a proxy.
  experimental: {
    renderBuiltUrl: (file, { hostType }) =>
      hostType === 'html' ? `assets/${file}` : { relative: true },
  },
  build: {
    outDir: resolve(here, '../dist/pages'),
    emptyOutDir: true,
    assetsDir: '.',
    // A data: URL would need an exception in the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 8000,
    rolldownOptions: {
      input: {
        admin: resolve(here, 'admin/index.html'),
        graphiql: resolve(here, 'graphiql/index.html'),
        sessions: resolve(here, 'sessions/index.html'),
      },
    },
  },
});
