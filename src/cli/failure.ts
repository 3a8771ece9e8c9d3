import type { Mistake } from '../config/yaml-source.ts'

/**
 * An expected failure of a command: one line for a person with the remedy, and the exit code (1: what was asked failed,
 * 2: wrong usage).
 */
export class CliFailure extends Error {
  readonly fix: string
  readonly exitCode: 1 | 2
  readonly code: string
  readonly mistakes: Mistake[]

  constructor(
    message: string,
    fix: string,
    more: { exitCode?: 1 | 2; code?: string; mistakes?: Mistake[] } = {},
  ) {
    super(message)
    this.fix = fix
    this.exitCode = more.exitCode ?? 1
    this.code = more.code ?? 'failed'
    this.mistakes = more.mistakes ?? []
  }
}

/** Message and remedy as one line. */
export function oneLine(message: string, fix: string): string {
  const sentence = /[.!?:]$/.test(message.trim()) ? message.trim() : `${message.trim()}.`
  return `${sentence} ${fix}`.replaceAll(/\s*\n\s*/g, ' ').trim()
}
