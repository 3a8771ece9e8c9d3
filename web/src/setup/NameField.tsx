import { setupTexts } from '../texts-setup.ts'
import { Field } from './Field.tsx'
import type { Setup } from './useSetup.ts'

/** What a new connection is called; one that is there keeps its name. */
export function NameField({ setup }: { setup: Setup }) {
  const { label, text } = setupTexts.name
  return setup.editing === null ? <Field setup={setup} path="name" label={label} text={text} /> : null
}
