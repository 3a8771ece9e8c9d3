import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { texts } from '../texts.ts'
import classes from './CodeBlock.module.css'
import { Icon } from './Icon.tsx'

/** A text as it went over the wire; JSON is laid out. It can be copied, and scrolls in itself. */
export function CodeBlock({ text, label }: { text: string; label: string }) {
  const { copy, copied } = useClipboard({ timeout: 1500 })
  const shown = layOut(text)
  return (
    <div className={classes.block}>
      <Button
        className={classes.copy}
        size="compact-xs"
        leftSection={<Icon name={copied ? 'check' : 'copy'} size={12} />}
        aria-label={`${texts.order.copy}: ${label}`}
        onClick={() => copy(shown)}
      >
        {copied ? texts.order.copied : texts.order.copy}
      </Button>
      {/* Scrolls, so it can be reached by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} role="group" aria-label={label} className={classes.text}>
        {shown}
      </pre>
    </div>
  )
}

function layOut(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
