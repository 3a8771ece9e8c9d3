import type { ReactNode } from 'react'
import { setupTexts as words } from '../texts-setup.ts'
import classes from './Setup.module.css'

/** One step of a guide. */
export function Step({ n, title, children }: { n: number; title: string; children: ReactNode }) {
  return (
    <li className={classes.step}>
      <h2>{words.step(n, title)}</h2>
      {children}
    </li>
  )
}

/** What to do elsewhere, line by line; what is clicked there stands out. */
export function Lines({ lines, start }: { lines: readonly string[]; start?: number }) {
  return (
    <ol className={classes.lines} start={start}>
      {lines.map((line) => (
        <li key={line}>
          <Marked text={line} />
        </li>
      ))}
    </ol>
  )
}

function Marked({ text }: { text: string }) {
  return text.split('*').map((part, i) => (i % 2 === 0 ? part : <strong key={`${i} ${part}`}>{part}</strong>))
}

/** A page of the shop's or of NetSuite's, in another tab. */
export function Outside({ href, text }: { href: string; text: string }) {
  return (
    <a href={href} target="_blank" rel="noreferrer">
      {text} <span className="visually-hidden">{words.newTab}</span>
    </a>
  )
}
