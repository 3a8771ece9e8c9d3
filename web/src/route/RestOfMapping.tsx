import { stringify } from 'yaml'
import { CodeBlock } from '../components/CodeBlock.tsx'
import { Panel } from '../components/Panel.tsx'
import { routeTexts } from '../texts-route.ts'
import classes from './RouteForm.module.css'
import { type Group, restOf } from './settings.ts'

/** What the form does not show: it is kept, and changed with the file. */
export function RestOfMapping({ mapping }: { mapping: Group }) {
  const words = routeTexts.rest
  const rest = restOf(mapping)
  if (Object.keys(rest).length === 0) return null
  return (
    <Panel title={words.title}>
      <p className={classes.hint}>{words.text}</p>
      <CodeBlock label={words.label} text={stringify({ mapping: rest }, { lineWidth: 0 }).trimEnd()} />
    </Panel>
  )
}
