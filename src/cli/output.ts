import { styleText } from 'node:util'
import { type CliFailure, oneLine } from './failure.ts'
import { visible, visibleJson } from './visible.ts'

type Style = Parameters<typeof styleText>[0]

/** How a command speaks: words for a person on a terminal, plain lines in a pipe, or one JSON document. */
export interface Output {
  json: boolean
  /** A line for a person; nothing with --json. */
  line(text?: string): void
  /** The one JSON document; nothing without --json. */
  document(value: unknown): void
  /** What is going on: on a terminal only, replaced by the next. */
  progress(text: string): void
  /** A remark beside the result, on standard error. */
  remark(text: string): void
  /** Colour on a terminal that wants it (NO_COLOR, FORCE_COLOR are heeded). */
  style(style: Style, text: string): string
  /** Rows under headings, cut to the width of the terminal; whole in a pipe. */
  table(headings: string[], rows: string[][], widest: number): void
  failure(failure: CliFailure): void
}

export function createOutput(
  json: boolean,
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WriteStream = process.stderr,
): Output {
  const onTerminal = stderr.isTTY && !json
  let shown = false
  const clear = () => {
    if (shown) stderr.write('\r\u001B[2K')
    shown = false
  }
  const style = (wanted: Style, text: string) => styleText(wanted, text, { stream: stdout })
  const line = (text = '') => {
    if (json) return
    clear()
    stdout.write(`${text}\n`)
  }
  return {
    json,
    line,
    style,
    document(value) {
      if (json) stdout.write(`${visibleJson(JSON.stringify(value, null, 2))}\n`)
    },
    progress(text) {
      if (!onTerminal) return
      clear()
      stderr.write(text.slice(0, Math.max(20, (stderr.columns ?? 80) - 1)))
      shown = true
    },
    remark(text) {
      clear()
      stderr.write(`${visible(text)}\n`)
    },
    table(headings, rows, widest) {
      const width = stdout.isTTY ? stdout.columns : null
      for (const [i, text] of tableLines(headings, rows, widest, width).entries())
        line(i === 0 ? style('bold', text) : text)
    },
    failure(failure) {
      clear()
      const paint = (text: string) => styleText('red', visible(text), { stream: stderr })
      const said = (message: string, fix: string) => visible(oneLine(message, fix))
      for (const mistake of failure.mistakes)
        stderr.write(
          `${paint(`${failure.code}:${mistake.line}:${mistake.column}`)} ${said(mistake.message, mistake.fix)}\n`,
        )
      stderr.write(`${paint('waybill:')} ${said(failure.message, failure.fix)}\n`)
    },
  }
}

/**
 * Lays out a table. The column `widest` gives way when the rows are wider than `width` (null: they never are).
 */
export function tableLines(
  headings: string[],
  rows: string[][],
  widest: number,
  width: number | null,
): string[] {
  const all = [headings, ...rows].map((row) => row.map(oneRow))
  const widths = headings.map((_, column) => Math.max(...all.map((row) => columns(row[column] ?? ''))))
  const gaps = 2 * (headings.length - 1)
  const over = width === null ? 0 : widths.reduce((sum, each) => sum + each, gaps) - width
  if (over > 0) widths[widest] = Math.max(8, widths[widest]! - over)
  return all.map((row) =>
    row
      .map((cell, column) => pad(cut(cell, widths[column]!), widths[column]!))
      .join('  ')
      .trimEnd(),
  )
}

const oneRow = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

/** How many columns of a terminal a text takes: CJK and emoji take two. */
export function columns(text: string): number {
  let sum = 0
  for (const { segment } of new Intl.Segmenter().segment(text)) sum += isWide(segment) ? 2 : 1
  return sum
}

const isWide = (segment: string): boolean =>
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u.test(
    segment,
  )

function cut(text: string, width: number): string {
  if (columns(text) <= width) return text
  let kept = ''
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (columns(kept + segment) > width - 1) break
    kept += segment
  }
  return `${kept}…`
}

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - columns(text)))
