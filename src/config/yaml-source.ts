import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml'

export type Path = (string | number)[]

/** One thing that is wrong in the file, where it is, and what to do about it. Line and column count from 1. */
export interface Mistake {
  line: number
  column: number
  /** Such as "routes[0].import.since"; empty for the file itself. */
  path: string
  message: string
  fix: string
}

/** A parsed file that still knows where each of its values stands. */
export interface YamlSource {
  value: unknown
  /** Mistakes of the YAML itself: when there are any, `value` is not to be used. */
  mistakes: Mistake[]
  /** The place of the key (or of the list entry) at `path`, else of what encloses it. */
  at(path: Path): { line: number; column: number }
  /** The exact characters of a plain scalar: "007" where the value is the number 7. */
  written(path: Path): string | null
}

/** "routes[0].import.since" */
export function pathText(path: Path): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i > 0 ? '.' : ''}${step}`))
    .join('')
}

/** Reads one YAML document. Pure; never throws on bad input. */
export function readYaml(text: string): YamlSource {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const mistakes: Mistake[] = document.errors.map((error) => ({
    ...place(error.pos[0]),
    path: '',
    message: wordsOf(error.code, error.message),
    fix:
      error.code === 'DUPLICATE_KEY'
        ? 'Give each its own name, or remove one.'
        : 'Correct the YAML; look at the indentation and quotes here and in the line before.',
  }))
  visit(document, {
    Alias(_, node) {
      mistakes.push({
        ...place(node.range?.[0] ?? 0),
        path: '',
        message: `The alias *${node.source} is not read here`,
        fix: 'Write the value out.',
      })
    },
  })
  return {
    value: mistakes.length === 0 ? (document.toJS() as unknown) : undefined,
    mistakes,
    at: (path) => place(offsetOf(document, path)),
    written(path) {
      const node = document.getIn(path, true)
      return isScalar(node) ? (node.source ?? null) : null
    },
  }
}

function wordsOf(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'The same name stands here twice'
  return `This is not YAML: ${message.split('\n')[0]}`
}

function offsetOf(document: Document, path: Path): number {
  let node: Node | null = document.contents
  let offset = node?.range?.[0] ?? 0
  for (const step of path) {
    if (isAlias(node) || node === null) break
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === step)
      if (!pair) break
      offset = (pair.key as Node).range?.[0] ?? offset
      node = pair.value as Node | null
    } else if (isSeq(node)) {
      const item = node.items[Number(step)] as Node | undefined
      if (!item) break
      offset = item.range?.[0] ?? offset
      node = item
    } else break
  }
  return offset
}
