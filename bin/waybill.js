#!/usr/bin/env node
// Plain JavaScript that Node 20 parses: it finds the Node that Waybill needs, then runs the command.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const NEEDED = 24
const GUARD = 'WAYBILL_NODE_CHOSEN'
const here = fileURLToPath(import.meta.url)

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  dieWithParent()
  // Compiling our sources is most of a start; a start where this folder cannot be written compiles them each time.
  module.enableCompileCache?.(path.join(path.dirname(here), '..', 'node_modules', '.cache', 'waybill'))
  const packaged = path.join(path.dirname(here), '..', 'dist', 'cli', 'main.js')
  const checkout = path.join(path.dirname(here), '..', 'src', 'cli', 'main.ts')
  await import(pathToFileURL(existsSync(packaged) ? packaged : checkout).href)
} else {
  const node = process.env[GUARD] ? null : installedNode()
  if (node === null) {
    console.error(
      `Waybill needs Node ${NEEDED}, and this is ${process.version}: run npm ci without --omit=optional, or install Node ${NEEDED}.`,
    )
    process.exit(1)
  }
  runWith(node)
}

/** The Node that npm installed beside us for this platform, or null. */
function installedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const name = `node-${platform}-${process.arch}`
  try {
    const folder = path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
    const node = path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    return existsSync(node) ? node : null
  } catch {
    return null
  }
}

function runWith(node) {
  const child = spawn(node, [...process.execArgv, here, ...process.argv.slice(2)], {
    // The channel says nothing: its end tells the child that we were killed.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [GUARD]: node },
  })
  const atTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGTERM', 'SIGUSR2']) {
    // A terminal sends its own signals to the child as well.
    const alreadySent = atTerminal && (signal === 'SIGINT' || signal === 'SIGQUIT')
    process.on(signal, () => alreadySent || child.kill(signal))
  }
  child.on('error', (error) => {
    console.error(`Waybill cannot run the Node at ${node}: ${error.message}. Run npm ci again.`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

/** kill -9 of the process that started us, which nobody can pass on, ends us the same way. */
function dieWithParent() {
  if (!process.env[GUARD] || !process.channel) return
  delete process.env[GUARD]
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  process.channel.unref()
}
