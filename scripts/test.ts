// Types, lint, format, the package, then every suite and the storms of faults on it; the suite with a browser last.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findBrowser, howToGetABrowser } from '../test/support/browser.ts'

interface Summary {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numFailedTestSuites: number
  testResults: { name: string; status: string; message?: string }[]
}

/** What the tests start is what ships; a program that is started hundreds of times has to start quickly, too. */
const builtPackage = join(import.meta.dirname, '../node_modules/.cache/waybill-package')

const total = { passed: 0, failed: 0, skipped: 0 }

function step(name: string, command: string, args: string[]): void {
  console.log(`\n── ${name}`)
  const started = Date.now()
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  console.log(
    `── ${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s`,
  )
  total[status === 0 ? 'passed' : 'failed'] += 1
}

function suites(names: string[], extra: string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-report-'))
  const report = join(folder, 'report.json')
  const projects = names.flatMap((name) => ['--project', name])
  console.log(`\n── suites: ${names.join(', ')}`)
  const { status } = spawnSync(
    'vitest',
    ['run', ...projects, ...extra, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    { stdio: 'inherit' },
  )
  const summary = readReport(report)
  rmSync(folder, { recursive: true, force: true })
  if (summary === null) {
    total.failed += 1
    return
  }
  total.passed += summary.numPassedTests
  total.skipped += summary.numPendingTests
  // A file that could not be loaded has no failed test of its own, and a run can fail beside its tests.
  const broken = summary.testResults.filter((file) => file.status === 'failed').length
  total.failed += Math.max(summary.numFailedTests, broken, status === 0 ? 0 : 1)
}

function readReport(path: string): Summary | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Summary
  } catch {
    console.error('The suites ended without a report.')
    return null
  }
}

/** Beside the other suites: it is minutes of waiting for a download. */
function getBrowser(): Promise<unknown> {
  if (findBrowser() !== null) return Promise.resolve()
  const script = join(import.meta.dirname, 'install-browser.ts')
  return once(spawn('node', [script], { stdio: 'inherit' }), 'exit')
}

const extra = process.argv.slice(2)
const browser = getBrowser()
step('types', 'tsc', ['--noEmit'])
step('types of the page', 'tsc', ['--noEmit', '-p', 'web'])
step('lint', 'oxlint', [])
step('format', 'prettier', ['--check', '--log-level', 'warn', '.'])
step('package', 'node', ['scripts/build.ts', builtPackage])
process.env['WAYBILL_PACKAGE'] = builtPackage
suites(['unit', 'contract', 'ledger', 'flows', 'sandbox', 'api', 'cli', 'faults'], extra)

step('storms of faults over 20 seeds', 'npm', ['run', '--silent', 'test:faults', '--', '--seeds', '20'])

await browser
if (findBrowser() === null) {
  console.error(`\nThe suite with a browser did not run: ${howToGetABrowser()}`)
  total.failed += 1
} else suites(['web'], extra)

console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed === 0 ? 0 : 1)
