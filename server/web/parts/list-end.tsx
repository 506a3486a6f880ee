// The end of a list that goes on while one scrolls. The button at it is what the scrolling presses: it works
// by keyboard as well, and says when a page could not be had.

import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { ErrorBody } from '../../../protocol/errors.ts'

/** How far before the end of the list the next page is asked for. */
const ahead = '1200px 0px'

export function ListEnd(props: {
  readonly isLoading: boolean
  readonly hasMore: boolean
  readonly error: ErrorBody | undefined
  readonly onMore: () => void
}): JSX.Element {
  const { isLoading, hasMore, error, onMore } = props
  const end = useRef<HTMLDivElement>(null)
  const more = useRef(onMore)
  more.current = onMore
  const isWatching = hasMore && !isLoading && error === undefined
  useEffect(() => {
    const element = end.current
    if (!isWatching || element === null) return undefined
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) more.current()
      },
      { rootMargin: ahead },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [isWatching])
  return (
    <div class="list-end" ref={end}>
      {isLoading ? <p role="status">Loading…</p> : null}
      {error === undefined ? null : <p role="alert">{error.message}</p>}
      {isLoading || !hasMore ? null : (
        <button type="button" class="button" onClick={onMore}>
          {error === undefined ? 'Show more' : 'Try again'}
        </button>
      )}
    </div>
  )
}
