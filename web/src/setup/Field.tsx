import { Button, FileButton, Textarea, TextInput } from '@mantine/core'
import { setupTexts as words } from '../texts-setup.ts'
import { isHidden } from './settings.ts'
import classes from './Setup.module.css'
import type { Setup } from './useSetup.ts'

interface Props {
  setup: Setup
  /** Of the setting: "credentials.consumerKey". */
  path: string
  label: string
  text?: string
  /** Not to be read over a shoulder. */
  secret?: boolean
  /** A text of many lines that may also be read from a file. */
  file?: string
}

const look = {
  className: classes.field,
  classNames: { description: classes.small!, error: classes.small! },
}

/** One setting: what it is, where it is found, what is wrong with it. What is stored and secret is not shown. */
export function Field({ setup, path, label, text = '', secret = false, file }: Props) {
  const { stored, typed, set, errors } = setup
  const hidden = isHidden(stored, path)
  const description = hidden ? [text.replace(/[^.]$/, '$&.'), words.keep].join(' ').trim() : text
  const common = {
    name: path,
    label,
    description: description === '' ? undefined : description,
    placeholder: hidden ? words.stored : undefined,
    value: typed[path] ?? '',
    error: errors[path],
    spellCheck: false,
    autoCapitalize: 'off',
  }
  if (file === undefined)
    return (
      <TextInput
        {...common}
        {...look}
        type={secret ? 'password' : 'text'}
        // Browsers fill in a sign-in of theirs otherwise, and what was to be kept would be changed.
        autoComplete={secret ? 'new-password' : 'off'}
        onChange={(event) => set(path, event.currentTarget.value)}
      />
    )
  return (
    <div className={classes.pem}>
      <Textarea
        {...common}
        className={look.className}
        classNames={{ ...look.classNames, input: 'mono' }}
        rows={4}
        autoComplete="off"
        onChange={(event) => set(path, event.currentTarget.value)}
      />
      <FileButton onChange={(chosen) => void chosen?.text().then((content) => set(path, content))}>
        {(props) => <Button {...props}>{file}</Button>}
      </FileButton>
    </div>
  )
}
