import { ActionIcon, Button, Menu, Popover } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useDeleteView, useSaveView } from '../api/actions.ts'
import { viewsQuery } from '../api/queries.ts'
import type { OrderColumn, View } from '../api/types.ts'
import { Icon } from '../components/Icon.tsx'
import { notifyDone, notifyFailed, sayHow } from '../notify.tsx'
import { texts } from '../texts.ts'
import { NameForm } from './NameForm.tsx'
import { differs, isFiltered, queryOf, searchOf, viewNamed } from './view-search.ts'
import { ViewTabs } from './ViewTabs.tsx'
import classes from './Views.module.css'

interface Props {
  shown: readonly OrderColumn[]
  usual: readonly OrderColumn[]
  isUsual: boolean
  /** A view was opened; undefined: all orders. */
  onOpen: (view: View | undefined) => void
}

const none: View[] = []

/** The saved views in front of the filters, and what can be done with the one that is open. */
export function Views({ shown, usual, isUsual, onOpen }: Props) {
  const search = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
  const views = useQuery(viewsQuery).data?.items ?? none
  const current = viewNamed(views, search.view)
  const isChanged = current !== undefined && differs(current, search, shown, usual)
  const [asking, setAsking] = useState<'new' | 'rename' | null>(null)
  const tools = useRef<HTMLDivElement>(null)
  /** The view to whose tools the focus goes back: list and address learn of a new name one after the other. */
  const back = useRef<string | null>(null)
  useEffect(() => {
    if (asking !== null || (current?.name ?? '') !== back.current) return
    tools.current?.querySelector('button')?.focus()
    back.current = null
  }, [asking, current])
  /** As it was opened: what somebody else has made of it since is not overwritten. */
  const opened = useRef(current)
  useEffect(() => {
    if (opened.current?.name !== current?.name) opened.current = current
  }, [current])
  const saving = useSaveView()
  const deleting = useDeleteView()

  const ask = (what: 'new' | 'rename') => {
    saving.reset()
    back.current = null
    setAsking(what)
  }
  const close = (name = current?.name ?? '') => {
    back.current = name
    setAsking(null)
  }
  const show = (view: View) => void navigate({ search: searchOf(view), replace: true, resetScroll: false })
  const onName = (name: string) =>
    saving.mutate(
      asking === 'rename' && current !== undefined
        ? { name: current.name, newName: name }
        : { name, query: queryOf(search, shown), onlyNew: true },
      {
        onSuccess: (view) => {
          notifyDone(texts.views.saved(view.name))
          if (asking === 'rename')
            void navigate({ search: (at) => ({ ...at, view: view.name }), replace: true })
          else show(view)
          close(view.name)
        },
      },
    )
  const update = ({ name }: View) =>
    saving.mutate(
      { name, query: queryOf(search, shown), ifUpdatedAt: opened.current?.updatedAt },
      {
        onSuccess: (view) => {
          opened.current = view
          notifyDone(texts.views.updated(view.name))
          show(view)
        },
        onError: (error) => notifyFailed(texts.views.failed(name), error),
      },
    )
  const remove = ({ name, query }: View) => {
    const failed = (error: unknown) => notifyFailed(texts.views.failed(name), error)
    const bringBack = () =>
      void sayHow(
        saving.mutateAsync({ name, query, onlyNew: true }),
        () => notifyDone(texts.views.back(name)),
        failed,
      )
    void sayHow(deleting.mutateAsync(name), () => notifyDone(texts.views.deleted(name), bringBack), failed)
  }

  return (
    <div className={classes.views}>
      <ViewTabs
        views={views}
        current={current}
        isAll={current === undefined && !isFiltered(search)}
        isChanged={isChanged}
        onOpen={(view) => {
          opened.current = view
          onOpen(view)
        }}
      />
      <Popover
        opened={asking !== null}
        onDismiss={() => close()}
        position="bottom-end"
        shadow="md"
        trapFocus
        withRoles={false}
      >
        <Popover.Target>
          <div className={classes.tools} ref={tools}>
            {current === undefined ? (
              isFiltered(search) || !isUsual ? (
                <Button size="compact-sm" onClick={() => ask('new')}>
                  {texts.views.save}
                </Button>
              ) : null
            ) : isChanged ? (
              <>
                <Button
                  size="compact-sm"
                  variant="light"
                  loading={saving.isPending}
                  onClick={() => update(current)}
                >
                  {texts.views.update}
                </Button>
                <Button size="compact-sm" onClick={() => ask('new')}>
                  {texts.views.saveAsNew}
                </Button>
              </>
            ) : null}
            {current === undefined ? null : (
              <Menu>
                <Menu.Target>
                  <ActionIcon aria-label={texts.views.menu(current.name)}>
                    <Icon name="more" />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item onClick={() => ask('rename')}>{texts.views.rename}</Menu.Item>
                  <Menu.Item onClick={() => remove(current)}>{texts.views.delete}</Menu.Item>
                </Menu.Dropdown>
              </Menu>
            )}
          </div>
        </Popover.Target>
        <Popover.Dropdown
          role="dialog"
          aria-label={asking === 'rename' ? texts.views.rename : texts.views.save}
          p={0}
        >
          <NameForm
            key={asking}
            name={asking === 'rename' && current !== undefined ? current.name : ''}
            isPending={saving.isPending}
            error={saving.error}
            onName={onName}
          />
        </Popover.Dropdown>
      </Popover>
    </div>
  )
}
