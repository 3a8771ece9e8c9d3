import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { readConfiguration } from '../../src/config/read-configuration.ts'
import { namesIn } from '../../src/config/substitute.ts'
import { allowList } from '../../src/connectors/addresses.ts'
import { backends, channels } from '../../src/connectors/index.ts'

const root = join(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

const ignored = /^(?:node_modules|dist|\.git|\.cache|\.waybill.*|.*\.log)$/

/** What belongs to the project, by its path below the root. Not asked of git: a package or a copy has none. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !ignored.test(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : []
    })
}
const files = filesBelow('')
const pages = files.filter((file) => file.endsWith('.md'))

/** GitHub's anchors: lower case, spaces as hyphens, punctuation dropped; code and emphasis by their text. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')

const withoutCode = (text: string): string =>
  text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '')

const anchorsIn = (text: string): string[] =>
  [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1]!))

describe('the documents of the project', () => {
  it.each(pages)('%s links to what is there', (page) => {
    const links = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!)
    const broken = links.filter((link) => {
      if (/^https?:/.test(link)) return false
      const [target = '', anchor] = link.split('#')
      const file = target === '' ? page : relative(root, join(root, dirname(page), target))
      if (!existsSync(join(root, file))) return true
      return anchor !== undefined && !anchorsIn(read(file)).includes(anchor)
    })
    expect(broken).toEqual([])
  })

  it('reach every page in docs/ from the README', () => {
    const seen = new Set(['README.md'])
    for (const page of seen)
      for (const [, link] of withoutCode(read(page)).matchAll(/\]\(([^)\s#]+\.md)[^)]*\)/g))
        if (!/^https?:/.test(link!)) seen.add(relative(root, join(root, dirname(page), link!)))
    expect(pages.filter((page) => page.startsWith('docs/') && !seen.has(page))).toEqual([])
  })

  it('keep decisions short', () => {
    for (const page of pages.filter((file) => file.startsWith('docs/adr/')))
      expect([page, read(page).split(/\s+/).length < 500]).toEqual([page, true])
  })
})

const readme = read('README.md')

test('the README begins with the two commands, and npm knows them', () => {
  const first = /```\n([\s\S]*?)```/.exec(readme)![1]!
  expect(first.split('\n').map((line) => line.replace(/ +#.*/, ''))).toEqual([
    'npm ci && npm run demo',
    'npm ci && npm test',
    '',
  ])
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  for (const [, name] of allDocs().matchAll(/npm run ([\w:]+)/g)) expect(Object.keys(scripts)).toContain(name)
  expect(scripts).toHaveProperty('test')
})

test('the commands that the documents name are those of the program, with their options', () => {
  const help = (...words: string[]) =>
    execFileSync(process.execPath, [join(root, 'bin/waybill.js'), ...words, '--help'], { encoding: 'utf8' })
  const known = [...help().matchAll(/^ {2}([a-z-]+) /gm)]
    .map((match) => match[1]!)
    .filter((name) => name !== 'help')
  const table = readme.slice(readme.indexOf('## Commands'), readme.indexOf('## Performance'))
  const inTable = [...table.matchAll(/`waybill ([a-z-]+)/g)].map((match) => match[1]!)
  expect([...new Set(inTable)].sort()).toEqual([...known].sort())
  const named = [...allDocs().matchAll(/(?:npx |`|"|^)waybill ([a-z-]+)\b/gm)].map((match) => match[1]!)
  expect([...new Set(named)].filter((name) => !known.includes(name))).toEqual([])
  for (const line of table.split('\n')) {
    const command = /`waybill ([a-z-]+)/.exec(line)?.[1]
    if (command === undefined) continue
    const options = [...line.matchAll(/--[a-z-]+/g)].map(([option]) => option)
    const texts = command === 'sandbox' ? help('sandbox', 'shop') : help(command)
    expect(options.filter((option) => !texts.includes(option))).toEqual([])
  }
}, 120_000)

test.each(['README.md', 'docs/configuration.md'])('the waybill.yaml in %s is a right one', (page) => {
  const blocks = [...read(page).matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1]!)
  expect(blocks.length).toBeGreaterThan(0)
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  for (const yaml of blocks) {
    const values = Object.fromEntries(namesIn(yaml).map((name) => [name, `a value of ${name}`]))
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const result = readConfiguration({
      yaml,
      values: { ...values, NS_KEY: key },
      connectors: { channels, backends },
      known: { connections: [], routes: [], notifications: null, retention: null },
      allow: allowList([]),
    })
    expect(result.ok ? [] : result.error).toEqual([])
  }
})

test('every variable of the environment that the program reads is in the README', () => {
  const read_ = [...read('src/cli/environment.ts').matchAll(/text\('([A-Z_]+)'\)/g)].map((match) => match[1]!)
  expect(read_.length).toBeGreaterThan(5)
  expect(read_.filter((name) => !readme.includes(`\`${name}\``))).toEqual([])
})

/** A path that only one machine has, or the name of a host that packages come from. */
const ofOneMachine = [
  /(?:^|[\s"'`(=:])\/(?:root|work|home\/[a-z][\w-]*|Users\/[A-Za-z][\w-]*)\//,
  /[A-Z]:\\\\?Users\\/,
  /\b(?:registry|npm|packages?|artifactory|nexus|mirror)\.[\w-]+\.(?:org|com|net|io|dev|local|internal|example)\b/i,
]

describe('the files of the project', () => {
  it('name no machine and no registry', () => {
    const own = relative(root, import.meta.filename)
    const found = files
      .filter((file) => file !== own && !/\.(?:png|jpg|ico|gz|woff2?)$/.test(file))
      .filter((file) => statSync(join(root, file)).size < 2_000_000)
      .flatMap((file) =>
        read(file)
          .split('\n')
          .flatMap((line, i) =>
            ofOneMachine.some((pattern) => pattern.test(line))
              ? [`${file}:${i + 1}: ${line.trim().slice(0, 120)}`]
              : [],
          ),
      )
    expect(found).toEqual([])
  })
})

function allDocs(): string {
  return ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...pages.filter((page) => page.startsWith('docs/'))]
    .map(read)
    .join('\n')
}
