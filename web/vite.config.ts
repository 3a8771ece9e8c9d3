import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const outDir = path.join(import.meta.dirname, 'dist')

/** Writes a .br and a .gz beside every text file of the build, so that the server compresses nothing itself. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    async closeBundle() {
      const files = await readdir(outDir, { recursive: true })
      await Promise.all(files.filter((file) => /\.(js|css|html|svg)$/.test(file)).map(compress))
    },
  }
}

async function compress(file: string): Promise<void> {
  const full = path.join(outDir, file)
  const content = await readFile(full)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
  await Promise.all([
    writeFile(`${full}.gz`, await promisify(gzip)(content, { level: 9 })),
    writeFile(`${full}.br`, await promisify(brotliCompress)(content, { params })),
  ])
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), precompress()],
  build: { outDir, emptyOutDir: true, target: 'es2023', modulePreload: { polyfill: false } },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': process.env.WAYBILL_URL ?? 'http://127.0.0.1:4000' },
  },
})
