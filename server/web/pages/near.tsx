// Tweets from around the reader. Where they are is asked when they press, used for this one question, and kept
// nowhere.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { TweetId } from '../../../protocol/ids.ts'
import { TweetFeed } from '../parts/feed-list.tsx'
import { Icon } from '../parts/icons.tsx'
import { PageHead, useTitle } from '../parts/page-head.tsx'
import type { Point } from '../parts/place.ts'
import { askPlace } from '../parts/place.ts'
import { pageOf, readTweets } from '../parts/read.ts'
import { useClient } from '../parts/use-client.ts'
import { Feed } from '../store/feed.ts'

const radiuses = [1_000, 5_000, 20_000, 100_000] as const

export function NearPage(): JSX.Element {
  useTitle('Near me')
  const [place, setPlace] = useState<Point | undefined>(undefined)
  const [radiusMeters, setRadius] = useState<number>(radiuses[1])
  return (
    <>
      <PageHead title="Near me" under="Tweets whose authors said where they were" />
      {place === undefined ? (
        <AskForPlace onPlace={setPlace} />
      ) : (
        <>
          <fieldset class="segments">
            <legend class="for-ears">How far around</legend>
            {radiuses.map((one) => (
              <label key={one}>
                <input
                  type="radio"
                  name="radius"
                  checked={one === radiusMeters}
                  onChange={() => setRadius(one)}
                />
                <span>{one / 1_000} km</span>
              </label>
            ))}
          </fieldset>
          <Around key={radiusMeters} place={place} radiusMeters={radiusMeters} />
        </>
      )}
    </>
  )
}

function AskForPlace(props: { readonly onPlace: (place: Point) => void }): JSX.Element {
  const [problem, setProblem] = useState('')
  const [isAsking, setAsking] = useState(false)
  const ask = async (): Promise<void> => {
    setAsking(true)
    setProblem('')
    const answer = await askPlace()
    setAsking(false)
    if ('point' in answer) props.onPlace(answer.point)
    else setProblem(answer.problem)
  }
  return (
    <div class="empty">
      <Icon name="place" />
      <h2>What is said around here?</h2>
      <p>
        Your browser asks you first. Where you are goes into this one search, and is kept nowhere.
      </p>
      <button
        type="button"
        class="button button-main"
        disabled={isAsking}
        onClick={() => void ask()}
      >
        {isAsking ? 'Asking…' : 'Use my location'}
      </button>
      <p class="form-problem" role="alert">
        {problem}
      </p>
    </div>
  )
}

function Around(props: { readonly place: Point; readonly radiusMeters: number }): JSX.Element {
  const client = useClient()
  const { place, radiusMeters } = props
  const [feed] = useState(
    () =>
      new Feed<TweetId>((before) =>
        readTweets(
          client,
          client.call('timeline.near', { ...place, radiusMeters, ...pageOf(before) }),
        ),
      ),
  )
  return <TweetFeed feed={feed} label="Tweets from around here" empty="It is quiet around here." />
}
