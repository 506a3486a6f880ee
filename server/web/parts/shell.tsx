// What stands around every page: the way to the others, the line's state, the messages.

import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { here } from '../navigation.ts'
import { profilePath } from '../routes.ts'
import { offlineShownAfterMs } from '../wire/limits.ts'
import { compose } from './compose-state.ts'
import { ComposerHost } from './composer.tsx'
import type { IconName } from './icons.tsx'
import { Icon, Rook } from './icons.tsx'
import { NoticeList } from './notice-list.tsx'
import { useCell, useClient, useViewer } from './use-client.ts'

type Place = { readonly href: string; readonly words: string; readonly icon: IconName }

export function Shell(props: { readonly children: ComponentChildren }): JSX.Element {
  const client = useClient()
  const isStranger = client.viewerId === undefined
  const isLive = useCell(client.home.isLive)
  return (
    <div class={isStranger ? 'shell shell-stranger' : 'shell'}>
      <a class="skip" href="#main" data-leaves>
        Skip to content
      </a>
      {isStranger ? <StrangerBar /> : <SideBar />}
      <main id="main" class="main" tabIndex={-1} data-live={isLive ? 'online' : 'offline'}>
        <OfflineBanner />
        {props.children}
      </main>
      <NoticeList />
      <ComposerHost />
    </div>
  )
}

function SideBar(): JSX.Element {
  const viewer = useViewer()
  const path = useCell(here)
  const places: Place[] = [
    { href: '/', words: 'Home', icon: 'home' },
    { href: '/bookmarks', words: 'Bookmarks', icon: 'bookmark' },
    { href: profilePath(viewer?.handle ?? ''), words: 'Profile', icon: 'person' },
    { href: '/settings', words: 'Settings', icon: 'settings' },
  ]
  return (
    <header class="side">
      <a class="brand" href="/" aria-label="Rookery, home">
        <Rook size={34} />
        <span class="brand-name">Rookery</span>
      </a>
      <nav class="places" aria-label="Pages">
        {places.map(({ href, words, icon }) => (
          <a
            key={words}
            class="place"
            href={href}
            aria-current={href === path ? 'page' : undefined}
          >
            <Icon name={icon} />
            <span class="place-words">{words}</span>
          </a>
        ))}
      </nav>
      <button
        type="button"
        class="button button-main compose"
        aria-label="Write a tweet"
        onClick={() => compose({ kind: 'new' })}
      >
        <Icon name="feather" />
        <span class="place-words">Write</span>
      </button>
    </header>
  )
}

function StrangerBar(): JSX.Element {
  return (
    <header class="top">
      <a class="brand" href="/" aria-label="Rookery, home">
        <Rook size={30} />
        <span class="brand-name">Rookery</span>
      </a>
      <nav class="top-links" aria-label="Account">
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

/** The head of a page: its name, and the way back. */
export function PageHead(props: {
  readonly title: string
  readonly under?: string
  readonly hasBack?: boolean
  readonly children?: ComponentChildren
}): JSX.Element {
  const { title, under, hasBack = false } = props
  return (
    <header class="page-head">
      {hasBack ? (
        <button
          type="button"
          class="action"
          aria-label="Back"
          title="Back"
          onClick={() => history.back()}
        >
          <Icon name="back" />
        </button>
      ) : null}
      <div class="page-title">
        <h1 tabIndex={-1}>
          <bdi>{title}</bdi>
        </h1>
        {under === undefined ? null : <p>{under}</p>}
      </div>
      {props.children}
    </header>
  )
}

/** The name of the page in the window's title. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title === undefined ? 'Rookery' : `${title} · Rookery`
  }, [title])
}
