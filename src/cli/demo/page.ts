import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { root } from '../../root.ts'
import { CliFailure } from '../failure.ts'
import type { Output } from '../output.ts'

/** Builds the web page of a checkout when it has not been built yet. */
export async function ensurePage(output: Output): Promise<void> {
  if (existsSync(path.join(root, 'web', 'dist', 'index.html'))) return
  output.remark('Building the page (once, about half a minute) …')
  const vite = path.join(
    path.dirname(createRequire(import.meta.url).resolve('vite/package.json')),
    'bin',
    'vite.js',
  )
  const build = spawn(process.execPath, [vite, 'build', 'web', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const code = await new Promise<number | null>((resolve) => build.on('exit', resolve))
  if (code !== 0)
    throw new CliFailure(
      'The page could not be built',
      'Read what it said above; try: npm ci && npm run build:web',
    )
}
