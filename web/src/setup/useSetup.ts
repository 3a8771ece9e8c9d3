import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSaveConnection, useTryConnection } from '../api/actions.ts'
import { ApiError } from '../api/client.ts'
import { connectionsQuery } from '../api/queries.ts'
import type { TryResult } from '../api/types.ts'
import { setupTexts } from '../texts-setup.ts'
import { type Guide, guides, type Kind, type Way, wayOf } from './guides.ts'
import {
  addressOf,
  isHidden,
  nameFrom,
  type Settings,
  settingsToSend,
  type Typed,
  typedFrom,
} from './settings.ts'

/** What is wrong with a field; true: it is one of several of which one is wrong. */
export type FieldErrors = Record<string, string | true>

/** The form of one connection: what is typed, what is wrong with it, the test, and saving. */
export interface Setup {
  kind: Kind
  /** Null while it has no name that counts. */
  editing: string | null
  stored: Settings
  typed: Typed
  set(path: string, text: string): void
  way: Way
  setWay(way: Way): void
  errors: FieldErrors
  /** What is wrong with settings that have no field here. */
  mistakes: string[]
  test(): void
  testing: boolean
  tried: TryResult | null
  /** Whether the test was of what is typed now. */
  fresh: boolean
  save(saved: (name: string) => void): void
  saving: boolean
  /** Why neither testing nor saving could be asked. */
  failure: Error | null
}

export function useSetup(kind: Kind, editing: { name: string; settings: Settings } | null): Setup {
  const guide = guides[kind]
  const stored = editing?.settings ?? {}
  const [way, setWay] = useState(() => wayOf(stored))
  const paths = [...guide.fields, ...guide.credentials(way)]
  const [typed, setTyped] = useState<Typed>(() => typedFrom(stored, paths))
  const [errors, setErrors] = useState<FieldErrors>({})
  const [mistakes, setMistakes] = useState<string[]>([])
  const [tried, setTried] = useState<{ result: TryResult; of: string } | null>(null)
  const trying = useTryConnection()
  const saving = useSaveConnection()
  const { data: others } = useQuery({ ...connectionsQuery, enabled: editing === null })

  const suggested = kind === 'woocommerce' ? nameFrom(typed['url'] ?? '') : 'netsuite'
  const name = editing?.name ?? typed['name'] ?? suggested
  const written = { ...typed, url: addressOf(typed['url'] ?? '') }
  const { settings, values } = settingsToSend(stored, written, paths)
  const body = { ...settings, kind, values }
  const present = JSON.stringify(body)

  const set = (path: string, text: string) => {
    // A file may have been read long after it was chosen.
    setTyped((before) => ({ ...before, [path]: text }))
    setErrors((before) => without(before, path))
  }
  const say = (found: FieldErrors) => {
    setErrors(found)
    setMistakes([])
    return Object.keys(found).length === 0
  }
  const missing = (withName: boolean): FieldErrors => {
    const empty = paths.filter(
      (path) =>
        (written as Typed)[path]?.trim() === '' && !guide.optional.includes(path) && !isHidden(stored, path),
    )
    const found: FieldErrors = Object.fromEntries(empty.map((path) => [path, setupTexts.needed]))
    if (editing !== null || !withName) return found
    if (name.trim() === '') found['name'] = setupTexts.needed
    if (others?.items.some((other) => other.name === name.trim())) found['name'] = setupTexts.name.taken
    return found
  }
  const refused = (error: Error) => {
    if (!(error instanceof ApiError)) return
    if (error.status === 409) return void say({ name: setupTexts.name.taken })
    const shown = (field: string) => field === 'name' || paths.includes(field)
    say(Object.fromEntries(error.errors.filter(({ field }) => shown(field)).map(fieldError)))
    setMistakes(
      error.errors.filter(({ field }) => !shown(field)).map(({ field, message }) => `${field}: ${message}`),
    )
  }

  return {
    kind,
    editing: editing?.name ?? null,
    stored,
    typed: { ...typed, name },
    set,
    way,
    setWay: (next) => {
      setWay(next)
      setTyped((before) => ({ ...typedFrom(stored, guide.credentials(next)), ...before }))
      say({})
    },
    errors,
    mistakes,
    test: () => {
      saving.reset()
      if (!say(missing(false))) return
      trying.mutate(
        { ...body, ...(editing && { name: editing.name }) },
        {
          onSuccess: (result) => {
            setTried({ result, of: present })
            say(errorsOf(result, guide, { typed, stored, way }))
          },
          onError: (error) => {
            setTried(null)
            refused(error)
          },
        },
      )
    },
    testing: trying.isPending,
    tried: tried?.result ?? null,
    fresh: tried?.of === present,
    save: (saved) => {
      trying.reset()
      if (!say(missing(true))) return
      saving.mutate(
        { name: name.trim(), isNew: editing === null, body },
        { onSuccess: () => saved(name.trim()), onError: refused },
      )
    },
    saving: saving.isPending,
    failure: [saving.error, trying.error].find((error) => error !== null && !namesFields(error)) ?? null,
  }
}

const namesFields = (error: Error): boolean =>
  error instanceof ApiError && (error.status === 409 || error.errors.length > 0)

const fieldError = ({ field, message }: { field: string; message: string }): [string, string] => [
  field,
  message,
]

/** What a failed check says belongs to the field that it speaks of; of several credentials nobody knows which is wrong. */
function errorsOf(
  { checks }: TryResult,
  guide: Guide,
  { typed, stored, way }: { typed: Typed; stored: Settings; way: Way },
): FieldErrors {
  const failed = checks.find(({ outcome }) => outcome === 'fail')
  if (failed?.about === 'address') return { [guide.addressField(typed, stored)]: failed.detail }
  if (failed?.about !== 'credentials') return {}
  const [first = '', ...rest] = guide.credentials(way)
  return { ...Object.fromEntries(rest.map((path) => [path, true as const])), [first]: failed.detail }
}

/** What is typed anew is not wrong any more; nor are the other credentials, one of which was. */
function without(errors: FieldErrors, path: string): FieldErrors {
  const group = path.startsWith('credentials.') ? 'credentials.' : path
  return Object.fromEntries(Object.entries(errors).filter(([other]) => !other.startsWith(group)))
}
