// The button behind which new tweets wait.

import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from './icons.tsx'

/** Tells how many tweets wait. They are shown when the reader says so: nothing moves before that. */
export function NewTweets(props: {
  readonly count: number
  readonly onShow: () => void
}): JSX.Element {
  const { count, onShow } = props
  const mustRise = useRef(false)
  useLayoutEffect(() => {
    if (!mustRise.current) return
    mustRise.current = false
    scrollTo({ top: 0 })
    document.querySelector<HTMLElement>('article.tweet')?.focus({ preventScroll: true })
  }, [count])
  return (
    <div class="new-tweets-place" role="status">
      {count === 0 ? null : (
        <button
          type="button"
          class="new-tweets"
          onClick={() => {
            mustRise.current = true
            onShow()
          }}
        >
          <Icon name="up" />
          {count === 1 ? '1 new tweet' : `${count} new tweets`}
        </button>
      )}
    </div>
  )
}
