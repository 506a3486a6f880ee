// The head of a page, and its name in the window's title.

import type { ComponentChildren, JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { Icon } from './icons.tsx'
import { useCell, useClient } from './use-client.ts'

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
  const unread = useCell(useClient().notifications.unread)
  useEffect(() => {
    const whole = title === undefined ? 'Rookery' : `${title} · Rookery`
    document.title = unread === 0 ? whole : `(${unread}) ${whole}`
  }, [title, unread])
}
