// Makes the package: the page, and the program as plain JavaScript in dist/, which `bin/waybill.js` prefers to src/.
import { execFileSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const run = (command: string, ...args: string[]) =>
  execFileSync(join(root, 'node_modules/.bin', command), args, { cwd: root, stdio: 'inherit' })

rmSync(join(root, 'dist'), { recursive: true, force: true })
run('vite', 'build', 'web', '--logLevel', 'warn')
run('tsc', '-p', 'tsconfig.build.json')
cpSync(join(root, 'src/ledger/migrations'), join(root, 'dist/ledger/migrations'), { recursive: true })
