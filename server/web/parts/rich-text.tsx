// A text of somebody else, with its mentions and links: text nodes and links of our own making, nothing else.
//
// Whatever the text holds stays text. Its direction is found for each paragraph on its own and cannot
// turn what stands around it; a long word breaks; a tower of accents is cut at the tweet's edge (CSS).

import type { JSX } from 'preact'
import type { Tweet } from '../../../protocol/entities.ts'
import { profilePath, tagPath } from '../routes.ts'
import { linkShownMax } from '../wire/limits.ts'

type Entities = Tweet['entities']
type Piece = { readonly start: number; readonly end: number; readonly element: JSX.Element }

export function RichText(props: {
  readonly text: string
  readonly entities: Entities
}): JSX.Element {
  const characters = [...props.text]
  const parts: (string | JSX.Element)[] = []
  let at = 0
  for (const { start, end, element } of piecesOf(props.entities)) {
    if (start < at || end > characters.length) continue
    parts.push(characters.slice(at, start).join(''), element)
    at = end
  }
  parts.push(characters.slice(at).join(''))
  return (
    <p class="tweet-text" dir="auto">
      {parts}
    </p>
  )
}

function piecesOf(entities: Entities): Piece[] {
  const mentions = entities.mentions.map(({ handle, start, end }) => ({
    start,
    end,
    element: (
      <a key={start} href={profilePath(handle)}>
        @{handle}
      </a>
    ),
  }))
  const hashtags = entities.hashtags.map(({ tag, start, end }) => ({
    start,
    end,
    element: (
      <a key={start} class="hashtag" href={tagPath(tag)}>
        #{tag}
      </a>
    ),
  }))
  const links = entities.urls.map(({ url, start, end }) => ({
    start,
    end,
    element: <OutsideLink key={start} url={url} />,
  }))
  return [...mentions, ...hashtags, ...links].sort((left, right) => left.start - right.start)
}

/** A link to somewhere else: opens beside this page, and tells that place nothing. */
export function OutsideLink(props: { readonly url: string }): JSX.Element {
  const address = /^https?:\/\//i.test(props.url) ? props.url : `https://${props.url}`
  const shown = address.replace(/^https?:\/\/(www\.)?/i, '').replace(/\/$/, '')
  const isLong = shown.length > linkShownMax
  return (
    <a href={address} target="_blank" rel="nofollow noopener noreferrer" title={address}>
      {isLong ? `${shown.slice(0, linkShownMax - 1)}…` : shown}
    </a>
  )
}
