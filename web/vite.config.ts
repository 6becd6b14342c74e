import { defineConfig } from 'vite';

/**
 * The page: one document, and beside it flat files whose names change with what is in them. The coordinator serves these below `/-/page/`,
 * for a year.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: '/-/page/',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/web',
    // `tools/page` keeps what the build before has made, for tabs that are still open.
    emptyOutDir: false,
    assetsDir: '',
    // The policy allows no `data:`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2024',
    rolldownOptions: {
      output: {
        entryFileNames: '[name].[hash].js',
        chunkFileNames: '[name].[hash].js',
        assetFileNames: '[name].[hash][extname]',
      },
    },
  },
});
