// A moment: its tweets in the order that its owner gave them.

import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Moment } from '../../../protocol/collections.ts'
import type { TweetId } from '../../../protocol/ids.ts'
import { go } from '../navigation.ts'
import { CollectionForm } from '../parts/collection-form.tsx'
import { CollectionHead } from '../parts/collection-head.tsx'
import { collectionOfMoment } from '../parts/collections.tsx'
import { PageHead, useTitle } from '../parts/page-head.tsx'
import { TweetById } from '../parts/tweet.tsx'
import { useClient } from '../parts/use-client.ts'
import { useDeed } from '../parts/use-deed.ts'
import { LoadProblem, useLoaded } from './load.tsx'

type Shown = { readonly moment: Moment; readonly ids: readonly TweetId[] }

export function MomentPage(props: { readonly momentId: string }): JSX.Element {
  const client = useClient()
  const momentId = Number(props.momentId)
  const [changed, setChanged] = useState<Shown | undefined>(undefined)
  const loaded = useLoaded<Shown>(undefined, async () => {
    const ids: TweetId[] = []
    for (let more = {}; ; ) {
      const answer = await client.call('moment.get', { momentId, ...more })
      client.entities.learn(answer)
      ids.push(...answer.tweets.map(({ id }) => id))
      if (answer.olderCursor === undefined) return { moment: answer.moment, ids }
      more = { before: answer.olderCursor }
    }
  })
  const shown = changed ?? loaded.value
  useTitle(shown === undefined ? 'Moment' : `${shown.moment.title} · Moment`)
  if (shown === undefined) {
    return (
      <LoadProblem
        title="Moment"
        loaded={loaded}
        missing="There is no such moment, or it is not for everybody."
      />
    )
  }
  const { moment, ids } = shown
  return (
    <>
      <PageHead title={moment.title} under="Moment" hasBack />
      <Head moment={moment} onChanged={(next) => setChanged({ ids, moment: next })} />
      {ids.length === 0 ? (
        <p class="empty">Nothing is in it yet. The menu of a tweet puts it here.</p>
      ) : null}
      <ol class="moment-tweets">
        {ids.map((id, place) => (
          <li key={id}>
            <TweetById id={id} />
            {moment.ownerId === client.viewerId ? (
              <Places shown={shown} place={place} onChanged={setChanged} />
            ) : null}
          </li>
        ))}
      </ol>
    </>
  )
}

function Head(props: {
  readonly moment: Moment
  readonly onChanged: (moment: Moment) => void
}): JSX.Element {
  const { moment, onChanged } = props
  const client = useClient()
  const { run } = useDeed()
  const [isEditing, setEditing] = useState(false)
  const momentId = moment.id
  const isFollowing = moment.viewer?.following === true
  const follow = async (): Promise<void> => {
    const name = isFollowing ? 'moment.unfollow' : 'moment.follow'
    if (!(await run(() => client.call(name, { momentId })))) return
    const followers = moment.counts.followers + (isFollowing ? -1 : 1)
    const viewer = { following: !isFollowing }
    onChanged({ ...moment, viewer, counts: { ...moment.counts, followers } })
  }
  const publish = (): Promise<boolean> =>
    run(async () => {
      onChanged((await client.call('moment.publish', { momentId })).moment)
    }, 'Everybody can see this moment now.')
  const remove = async (): Promise<void> => {
    const work = () => client.call('moment.delete', { momentId })
    if (await run(work, 'The moment is deleted.')) go('/moments')
  }
  return (
    <>
      <CollectionHead
        collection={collectionOfMoment(moment)}
        followers={moment.counts.followers}
        isFollowing={isFollowing}
        onFollow={() => void follow()}
        onEdit={() => setEditing(true)}
        onDelete={() => void remove()}
      >
        {moment.published ? null : (
          <button type="button" class="button button-main" onClick={() => void publish()}>
            Publish
          </button>
        )}
      </CollectionHead>
      {isEditing ? (
        <CollectionForm
          heading="Edit moment"
          kind="moment"
          start={{ title: moment.title, description: moment.description, isPrivate: false }}
          save={async ({ title, description }) => {
            const edited = { momentId, title, description }
            onChanged((await client.call('moment.update', edited)).moment)
          }}
          onClose={() => setEditing(false)}
        />
      ) : null}
    </>
  )
}

/** What the owner can do with one of its tweets. */
function Places(props: {
  readonly shown: Shown
  readonly place: number
  readonly onChanged: (shown: Shown) => void
}): JSX.Element {
  const { shown, place, onChanged } = props
  const client = useClient()
  const { isRunning, run } = useDeed()
  const momentId = shown.moment.id
  const tweetId = shown.ids[place] as TweetId
  const others = shown.ids.filter((id) => id !== tweetId)
  const move = (to: number): Promise<boolean> =>
    run(async () => {
      const { moment } = await client.call('moment.move', { momentId, tweetId, place: to })
      onChanged({ moment, ids: others.toSpliced(to, 0, tweetId) })
    })
  const takeOut = (): Promise<boolean> =>
    run(async () => {
      const { moment } = await client.call('moment.removeTweet', { momentId, tweetId })
      onChanged({ moment, ids: others })
    })
  return (
    <div class="moment-places">
      <button
        type="button"
        class="button"
        disabled={isRunning || place === 0}
        onClick={() => void move(place - 1)}
      >
        Earlier
      </button>
      <button
        type="button"
        class="button"
        disabled={isRunning || place === shown.ids.length - 1}
        onClick={() => void move(place + 1)}
      >
        Later
      </button>
      <button type="button" class="button" disabled={isRunning} onClick={() => void takeOut()}>
        Take out
      </button>
    </div>
  )
}
