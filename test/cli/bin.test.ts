import { execFileSync, type ExecFileSyncOptionsWithStringEncoding, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const root = path.join(import.meta.dirname, '..', '..')
const nodePackage = `node-${process.platform}-${process.arch}`
const packageFolder = path.dirname(createRequire(import.meta.url).resolve(`${nodePackage}/package.json`))

/** A Node that is too old: the machine's own where it is one, and this one in disguise. */
const disguise = `Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.0.0'}})`
const olds = [
  { name: "the machine's Node", command: oldNode() },
  {
    name: 'this Node posing as an old one',
    command: [
      process.execPath,
      '--import',
      `data:text/javascript,if(!process.env.WAYBILL_NODE_CHOSEN)${disguise}`,
    ],
  },
]

function oldNode(): string[] | null {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const node = path.join(folder, 'node')
    try {
      const version = execFileSync(node, ['--version'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      if (Number(/^v(\d+)/.exec(version)?.[1]) < 24) return [node]
    } catch {
      continue
    }
  }
  return null
}

let checkout: string

beforeEach(async () => {
  checkout = await mkdtemp(path.join(os.tmpdir(), 'waybill-bin-'))
  await cp(path.join(root, 'bin'), path.join(checkout, 'bin'), { recursive: true })
  await writeFile(path.join(checkout, 'package.json'), '{"type":"module"}')
  await mkdir(path.join(checkout, 'node_modules'))
  await symlink(packageFolder, path.join(checkout, 'node_modules', nodePackage))
})

afterEach(async () => {
  await rm(checkout, { recursive: true })
})

async function program(source: string, file = 'src/cli/main.ts'): Promise<void> {
  await mkdir(path.dirname(path.join(checkout, file)), { recursive: true })
  await writeFile(path.join(checkout, file), source)
}

function waybill(command: string[], args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const [node, ...before] = command
  const child = spawn(node!, [...before, path.join(checkout, 'bin', 'waybill.js'), ...args], {
    env: { PATH: process.env['PATH'], ...env },
  })
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }))
  return { child, ended, stdout: text(child.stdout), stderr: text(child.stderr) }
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  const [chunk] = await once(stream, 'data')
  return String(chunk).trim()
}

describe.each(olds)('started by $name', ({ command }) => {
  test.skipIf(command === null)(
    'the command runs on Node 24, with its arguments, input, output and exit code',
    async () => {
      await program(`
      const input: string = await (await import('node:stream/consumers')).text(process.stdin)
      console.log(JSON.stringify({ version: process.version, args: process.argv.slice(2), input }))
      console.error('a word on standard error')
      process.exitCode = 7`)
      const run = waybill(command!, ['orders', '--search', 'two words'])
      run.child.stdin.end('given')
      expect(await run.ended).toEqual({ code: 7, signal: null })
      const said = JSON.parse(await run.stdout)
      expect(said).toMatchObject({ args: ['orders', '--search', 'two words'], input: 'given' })
      expect(Number(said.version.slice(1, 3))).toBeGreaterThanOrEqual(24)
      expect(await run.stderr).toBe('a word on standard error\n')
    },
  )

  test.skipIf(command === null)('a signal reaches the command, whose exit code counts', async () => {
    await program(`
      process.on('SIGTERM', () => process.exit(5))
      setInterval(() => {}, 1000)
      console.log('up')`)
    const run = waybill(command!)
    await firstLine(run.child.stdout)
    run.child.kill('SIGTERM')
    expect(await run.ended).toEqual({ code: 5, signal: null })
  })

  test.skipIf(command === null)('a command that dies by a signal is seen to', async () => {
    await program(`process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)`)
    expect(await waybill(command!).ended).toEqual({ code: null, signal: 'SIGTERM' })
  })

  test.skipIf(command === null)('kill -9 of what was started leaves no command running', async () => {
    await program(`console.log(process.pid); setInterval(() => {}, 1000)`)
    const run = waybill(command!)
    const pid = Number(await firstLine(run.child.stdout))
    expect(pid).not.toBe(run.child.pid)
    run.child.kill('SIGKILL')
    // Standard output ends when the last process that holds it has gone.
    await run.stdout
    expect(await run.ended).toEqual({ code: null, signal: 'SIGKILL' })
  })

  test.skipIf(command === null)('a command that finishes is not kept alive', async () => {
    await program(`console.log('done')`)
    const run = waybill(command!)
    expect(await run.ended).toEqual({ code: 0, signal: null })
    expect(await run.stdout).toBe('done\n')
  })

  test.skipIf(command === null)('without a Node 24 there is one line and exit code 1', async () => {
    await program(`console.log('never')`)
    await rm(path.join(checkout, 'node_modules', nodePackage))
    const run = waybill(command!)
    expect(await run.ended).toEqual({ code: 1, signal: null })
    expect(await run.stderr).toMatch(/^Waybill needs Node 24, and this is v.*npm ci.*\n$/)
    expect(await run.stdout).toBe('')
  })
})

test('an old Node that was itself chosen ends with a line instead of a loop', async () => {
  await program(`console.log('never')`)
  const run = waybill([process.execPath, '--import', `data:text/javascript,${disguise}`])
  expect(await run.ended).toEqual({ code: 1, signal: null })
  expect(await run.stderr).toMatch(/^Waybill needs Node 24/)
})

test('a package runs its compiled program, a checkout its source', async () => {
  await program(`console.log('source')`)
  expect(await waybill([process.execPath]).stdout).toBe('source\n')
  await program(`console.log('compiled')`, 'dist/cli/main.js')
  expect(await waybill([process.execPath]).stdout).toBe('compiled\n')
})

test('npx finds the command of a checkout', async () => {
  await program(`console.log('from npx', process.argv.slice(2))`)
  const manifest = { name: 'waybill', version: '0.0.0', type: 'module', bin: { waybill: 'bin/waybill.js' } }
  await writeFile(path.join(checkout, 'package.json'), JSON.stringify(manifest))
  const options: ExecFileSyncOptionsWithStringEncoding = {
    cwd: checkout,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }
  expect(execFileSync('npx', ['--offline', 'waybill', 'why', '30'], options)).toBe(
    "from npx [ 'why', '30' ]\n",
  )
})
