// What stands around every page: the way to the others, the line's state, the messages.

import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Route } from '../routes.ts'
import { offlineShownAfterMs } from '../wire/limits.ts'
import { Aside } from './aside.tsx'
import { ComposerHost } from './composer.tsx'
import { Icon, Rook } from './icons.tsx'
import { NoticeList } from './notice-list.tsx'
import { SideBar } from './side-bar.tsx'
import { useCell, useClient } from './use-client.ts'

export function Shell(props: {
  readonly route: Route | undefined
  readonly children: ComponentChildren
}): JSX.Element {
  const client = useClient()
  const isStranger = client.viewerId === undefined
  const isLive = useCell(client.home.isLive)
  return (
    <div class={isStranger ? 'shell shell-stranger' : 'shell'}>
      <a class="skip" href="#main" data-leaves>
        Skip to content
      </a>
      {isStranger ? <StrangerBar /> : <SideBar route={props.route} />}
      <main id="main" class="main" tabIndex={-1} data-live={isLive ? 'online' : 'offline'}>
        <OfflineBanner />
        {props.children}
      </main>
      {hasAside(props.route, isStranger) ? <Aside route={props.route} /> : null}
      <NoticeList />
      <ComposerHost />
    </div>
  )
}

/** What stands beside a page, unless the page is a way in, or shows the same itself. */
function hasAside(route: Route | undefined, isStranger: boolean): boolean {
  const page = route?.page
  return page !== 'login' && page !== 'signup' && !(page === 'start' && isStranger)
}

function StrangerBar(): JSX.Element {
  return (
    <header class="top">
      <a class="brand" href="/" aria-label="Rookery, home">
        <Rook size={30} />
        <span class="brand-name">Rookery</span>
      </a>
      <nav class="top-links" aria-label="Account">
        <a class="action top-search" href="/search" aria-label="Search" title="Search">
          <Icon name="search" />
        </a>
        <a class="button" href="/login">
          Log in
        </a>
        <a class="button button-main" href="/signup">
          Sign up
        </a>
      </nav>
    </header>
  )
}

const lineWords = {
  offline: 'You are offline. Rookery comes back by itself; what you type is kept.',
  connecting: 'Connecting…',
  refused: 'The server has closed this window’s line: perhaps Rookery is open in too many windows.',
} as const

/** Says so when the line is gone for longer than a blink. */
function OfflineBanner(): JSX.Element {
  const state = useCell(useClient().line)
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    if (state === 'online') {
      setLate(false)
      return undefined
    }
    const timer = setTimeout(() => setLate(true), offlineShownAfterMs)
    return () => clearTimeout(timer)
  }, [state])
  const isShown = state !== 'online' && isLate
  return (
    <div class="line-state" role="status">
      {isShown ? <p class="banner">{lineWords[state]}</p> : null}
    </div>
  )
}
