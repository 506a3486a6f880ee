// The way to the pages: beside the page where there is room, at the foot of a telephone.

import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Route } from '../routes.ts'
import { profilePath } from '../routes.ts'
import { compose } from './compose-state.ts'
import type { IconName } from './icons.tsx'
import { Icon, Rook } from './icons.tsx'
import { useCloseOutside } from './menu.tsx'
import { formatCount } from './tweet-actions.tsx'
import { useCell, useClient, useViewer } from './use-client.ts'

type Place = {
  readonly href: string
  readonly words: string
  readonly icon: IconName
  readonly page: Route['page']
  /** Whether a telephone shows it at once; the others are behind “More”. */
  readonly isFirst?: true
  readonly count?: number
}

export function SideBar({ route }: { readonly route: Route | undefined }): JSX.Element {
  const viewer = useViewer()
  const unread = useCell(useClient().notifications.unread)
  const places: Place[] = [
    { href: '/', words: 'Home', icon: 'home', page: 'start', isFirst: true },
    { href: '/search', words: 'Search', icon: 'search', page: 'search', isFirst: true },
    {
      href: '/notifications',
      words: 'Notifications',
      icon: 'bell',
      page: 'notifications',
      isFirst: true,
      count: unread,
    },
    {
      href: profilePath(viewer?.handle ?? ''),
      words: 'Profile',
      icon: 'person',
      page: 'profile',
      isFirst: true,
    },
    { href: '/bookmarks', words: 'Bookmarks', icon: 'bookmark', page: 'bookmarks' },
    { href: '/lists', words: 'Lists', icon: 'list', page: 'lists' },
    { href: '/moments', words: 'Moments', icon: 'moment', page: 'moments' },
    { href: '/near', words: 'Near me', icon: 'place', page: 'near' },
    { href: '/settings', words: 'Settings', icon: 'settings', page: 'settings' },
  ]
  const isHere = (place: Place): boolean =>
    route?.page === place.page &&
    (route.page !== 'profile' || route.handle.toLowerCase() === viewer?.handle.toLowerCase())
  return (
    <header class="side">
      <a class="brand" href="/" aria-label="Rookery, home">
        <Rook size={34} />
        <span class="brand-name">Rookery</span>
      </a>
      <nav class="places" aria-label="Pages">
        {places.map((place) => (
          <PlaceLink key={place.words} place={place} isHere={isHere(place)} />
        ))}
        <MorePlaces
          places={places.filter(({ isFirst }) => isFirst !== true)}
          isHere={(place) => isHere(place)}
        />
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

function PlaceLink(props: { readonly place: Place; readonly isHere: boolean }): JSX.Element {
  const { href, words, icon, isFirst, count = 0 } = props.place
  return (
    <a
      class={isFirst === true ? 'place' : 'place place-later'}
      href={href}
      aria-current={props.isHere ? 'page' : undefined}
    >
      <span class="place-icon">
        <Icon name={icon} />
        {count === 0 ? null : (
          <span class="badge" aria-hidden="true">
            {formatCount(count)}
          </span>
        )}
      </span>
      <span class="place-words">{words}</span>
      {count === 0 ? null : <span class="for-ears">{count} unread</span>}
    </a>
  )
}

/** Only on a telephone: the rest of the places. */
function MorePlaces(props: {
  readonly places: readonly Place[]
  readonly isHere: (place: Place) => boolean
}): JSX.Element {
  const [isOpen, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  useCloseOutside(root, isOpen, () => setOpen(false))
  useEffect(() => setOpen(false), [location.pathname])
  return (
    <div class="menu more-places" ref={root}>
      <button
        type="button"
        class="place"
        aria-expanded={isOpen}
        aria-label="More pages"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="more" />
      </button>
      {isOpen ? (
        <ul class="menu-items">
          {props.places.map((place) => (
            <li key={place.words}>
              <a
                class="menu-item"
                href={place.href}
                aria-current={props.isHere(place) ? 'page' : undefined}
                onClick={() => setOpen(false)}
              >
                <Icon name={place.icon} />
                {place.words}
              </a>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}
