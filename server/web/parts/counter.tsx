// How much room is left in a tweet.

import type { JSX } from 'preact'
import { tweetTextMax } from '../../../protocol/text/weight.ts'

const radius = 10
const turn = 2 * Math.PI * radius
const shownFrom = 20

/** How much room is left: a ring that fills, and a number near the end. Said aloud only near the end. */
export function Counter(props: { readonly weight: number }): JSX.Element {
  const left = tweetTextMax - props.weight
  const share = Math.min(1, props.weight / tweetTextMax)
  const level = left < 0 ? 'over' : left <= shownFrom ? 'near' : 'fine'
  const words = left < 0 ? `${-left} too many` : `${left} left`
  return (
    <div class={`counter counter-${level}`} id="composer-count">
      <svg width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">
        <circle class="counter-track" cx="13" cy="13" r={radius} />
        <circle
          class="counter-share"
          cx="13"
          cy="13"
          r={radius}
          stroke-dasharray={`${share * turn} ${turn}`}
        />
      </svg>
      <span class="counter-number">{left}</span>
      <span class="for-ears" role="status">
        {level === 'fine' ? '' : words}
      </span>
    </div>
  )
}
