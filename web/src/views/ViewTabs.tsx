import { Menu } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, ReactNode, Ref } from 'react'
import type { View } from '../api/types.ts'
import { Icon } from '../components/Icon.tsx'
import { texts } from '../texts.ts'
import { searchOf } from './view-search.ts'
import classes from './Views.module.css'

interface Props {
  views: View[]
  current: View | undefined
  /** Nothing is filtered, and no view is open. */
  isAll: boolean
  isChanged: boolean
  onOpen: (view: View | undefined) => void
}

/** So many stand side by side; the others are in a menu. */
const mostTabs = 6

/** The views, each a link that has its filters and columns in the address. */
export function ViewTabs({ views, current, isAll, isChanged, onOpen }: Props) {
  const first = views.slice(0, mostTabs)
  const tabs = current === undefined || first.includes(current) ? first : [...first, current]
  const others = views.filter((view) => !tabs.includes(view))
  return (
    <nav aria-label={texts.views.label}>
      <ul className={classes.tabs}>
        <li>
          <Tab
            to="/"
            search={{}}
            isCurrent={isAll}
            className={classes.tab!}
            onClick={() => onOpen(undefined)}
          >
            {texts.views.all}
          </Tab>
        </li>
        {tabs.map((view) => (
          <li key={view.name}>
            <Tab
              to="/"
              search={searchOf(view)}
              isCurrent={view === current}
              className={classes.tab!}
              onClick={() => onOpen(view)}
            >
              <span className={classes.name} title={view.name}>
                {view.name}
              </span>
              {view === current && isChanged ? (
                <span className={classes.changed}>{texts.views.changed}</span>
              ) : null}
            </Tab>
          </li>
        ))}
        {others.length === 0 ? null : (
          <li>
            <Menu position="bottom-start" withinPortal={false} withInitialFocusPlaceholder={false}>
              <Menu.Target>
                <button type="button" className={classes.tab}>
                  {texts.views.more(others.length)} <Icon name="down" size={12} />
                </button>
              </Menu.Target>
              <Menu.Dropdown mah={380} className={classes.others!}>
                {others.map((view) => (
                  <MenuLink key={view.name} to="/" search={searchOf(view)} onClick={() => onOpen(view)}>
                    {view.name}
                  </MenuLink>
                ))}
              </Menu.Dropdown>
            </Menu>
          </li>
        )}
      </ul>
    </nav>
  )
}

type AnchorProps = AnchorHTMLAttributes<HTMLAnchorElement> & { ref?: Ref<HTMLAnchorElement> }

/** Which tab is the current one, we know better than the address does: its filters may have been changed. */
const Tab = createLink(function Tab({ isCurrent, ...props }: AnchorProps & { isCurrent: boolean }) {
  return <a {...props} aria-current={isCurrent ? 'page' : undefined} />
})

const MenuLink = createLink(function MenuLink({
  children,
  ref,
  href,
  onClick,
}: AnchorProps & { children?: ReactNode }) {
  return (
    <Menu.Item component="a" ref={ref} href={href} onClick={onClick}>
      {children}
    </Menu.Item>
  )
})
