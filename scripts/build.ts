// Makes the package: the page, and the program with all that it uses in dist/, which `bin/waybill.js` prefers to src/: some
// files instead of a thousand, so that a start takes a third of the time. `node scripts/build.ts FOLDER` makes it elsewhere.
import { execFileSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'rolldown'

const root = join(import.meta.dirname, '..')
const target = resolve(process.argv[2] ?? root)

rmSync(join(target, 'dist'), { recursive: true, force: true })
execFileSync(join(root, 'node_modules/.bin/vite'), ['build', 'web', '--logLevel', 'warn'], {
  cwd: root,
  stdio: 'inherit',
})
await build({
  cwd: root,
  input: 'src/cli/main.ts',
  platform: 'node',
  // A faster client that pg would take if somebody had installed it.
  external: ['pg-native'],
  logLevel: 'warn',
  output: { dir: join(target, 'dist', 'cli'), format: 'esm', sourcemap: true },
})
if (target !== root)
  for (const part of ['package.json', 'bin', 'web/dist', 'src/ledger/migrations'])
    cpSync(join(root, part), join(target, part), { recursive: true })
