import type { Outcome } from '../api/types.ts'
import classes from './Patterns.module.css'

/** How an outcome is filled: each has a pattern of its own, so that no colour has to be told from another. */
export const fillOf = (outcome: Outcome): string => `url(#outcome-${outcome})`

/** The patterns, once on the page, for the bars and for the legend. */
export function Patterns() {
  return (
    <svg className={classes.patterns} width="0" height="0" aria-hidden="true" focusable="false">
      <defs>
        <Pattern outcome="posted" size={6} ground="var(--good)" />
        <Pattern outcome="moving" size={6} ground="var(--moving-soft)">
          <path d="M-1 1 1 -1M0 6 6 0M5 7 7 5" stroke="var(--moving)" strokeWidth="1.6" />
        </Pattern>
        <Pattern outcome="cancelled" size={5} ground="var(--surface)">
          <path d="M0 2.5H5" stroke="var(--quiet)" strokeWidth="1" />
        </Pattern>
        <Pattern outcome="held" size={5} ground="var(--waiting-soft)">
          <circle cx="2.5" cy="2.5" r="1.3" fill="var(--waiting)" />
        </Pattern>
        <Pattern outcome="stopped" size={6} ground="var(--bad-soft)">
          <path d="M0 0 6 6M6 0 0 6" stroke="var(--bad)" strokeWidth="1.8" />
        </Pattern>
      </defs>
    </svg>
  )
}

interface PatternProps {
  outcome: Outcome
  size: number
  ground: string
  children?: React.ReactNode
}

const Pattern = ({ outcome, size, ground, children }: PatternProps) => (
  <pattern id={`outcome-${outcome}`} width={size} height={size} patternUnits="userSpaceOnUse">
    <rect width={size} height={size} fill={ground} />
    {children}
  </pattern>
)

/** A piece of a bar, for the legend. */
export const Swatch = ({ outcome }: { outcome: Outcome }) => (
  <svg className={classes.swatch} width="18" height="12" aria-hidden="true" focusable="false">
    <rect x="0.5" y="0.5" width="17" height="11" rx="1" fill={fillOf(outcome)} data-outcome={outcome} />
  </svg>
)
