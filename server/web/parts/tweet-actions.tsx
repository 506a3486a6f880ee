// What a reader can do with a tweet: reply, retweet, favorite, bookmark.

import type { JSX } from 'preact'
import type { Tweet } from '../../../protocol/entities.ts'
import { go } from '../navigation.ts'
import { compose } from './compose-state.ts'
import type { IconName } from './icons.tsx'
import { Icon } from './icons.tsx'
import { useClient } from './use-client.ts'

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

export function formatCount(count: number): string {
  return compact.format(count)
}

export function TweetActions(props: { readonly tweet: Tweet }): JSX.Element {
  const { tweet } = props
  const client = useClient()
  const { id, counts, viewer } = tweet
  /** Strangers are shown the way in. */
  const act = (work: () => void): void => {
    if (client.viewerId === undefined) go('/login')
    else work()
  }
  const isRetweetable = tweet.visibility === undefined || tweet.visibility === 'everyone'
  return (
    <div class="tweet-actions">
      <Action
        icon="reply"
        name="Reply"
        count={counts.replies}
        onUse={() => act(() => compose({ kind: 'reply', tweetId: id }))}
      />
      <Action
        icon="retweet"
        name="Retweet"
        isSet={viewer?.retweeted === true}
        count={counts.retweets}
        isOff={!isRetweetable}
        onUse={() => act(() => void client.marks.retweet(id, viewer?.retweeted !== true))}
      />
      <Action
        icon="star"
        name="Favorite"
        isSet={viewer?.favorited === true}
        count={counts.favorites}
        onUse={() => act(() => void client.marks.favorite(id, viewer?.favorited !== true))}
      />
      <Action
        icon="bookmark"
        name="Bookmark"
        isSet={viewer?.bookmarked === true}
        onUse={() => act(() => void client.marks.bookmark(id, viewer?.bookmarked !== true))}
      />
    </div>
  )
}

type ActionProps = {
  readonly icon: IconName
  readonly name: string
  readonly count?: number
  /** Absent for what is done rather than switched. */
  readonly isSet?: boolean
  readonly isOff?: boolean
  readonly onUse: () => void
}

function Action(props: ActionProps): JSX.Element {
  const { icon, name, count, isSet, isOff, onUse } = props
  const words = count === undefined || count === 0 ? name : `${name}, ${count}`
  return (
    <button
      type="button"
      class={`action action-${icon}`}
      aria-label={words}
      title={name}
      disabled={isOff === true}
      {...(isSet === undefined ? {} : { 'aria-pressed': isSet })}
      onClick={onUse}
    >
      <Icon name={icon} isFilled={isSet === true} />
      {count === undefined ? null : (
        <span class="action-count">{count === 0 ? '' : formatCount(count)}</span>
      )}
    </button>
  )
}
