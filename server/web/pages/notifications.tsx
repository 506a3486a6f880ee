// What others have done that concerns the reader. Seen is read: there is no button for it.

import type { ComponentChildren, JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { User } from '../../../protocol/entities.ts'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import type { Notification } from '../../../protocol/notifications.ts'
import { go } from '../navigation.ts'
import { Avatar } from '../parts/avatar.tsx'
import type { IconName } from '../parts/icons.tsx'
import { Icon } from '../parts/icons.tsx'
import { ListEnd } from '../parts/list-end.tsx'
import { PageHead, useTitle } from '../parts/page-head.tsx'
import { RequestButtons } from '../parts/request-buttons.tsx'
import { TimeAgo } from '../parts/time.tsx'
import { TweetById } from '../parts/tweet.tsx'
import { useCell, useClient, useTweet, useUser } from '../parts/use-client.ts'
import { profilePath, tweetPath } from '../routes.ts'

export function NotificationsPage(): JSX.Element {
  useTitle('Notifications')
  const { notifications } = useClient()
  const { entries, status, olderCursor, error } = useCell(notifications.state)
  const unread = useCell(notifications.unread)
  useEffect(() => notifications.start(), [notifications])
  useEffect(() => {
    if (status !== 'ready') return undefined
    const look = (): void => {
      if (document.visibilityState === 'visible') void notifications.markRead()
    }
    look()
    // What came while another window was in front is seen when this one is.
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [status, unread, notifications])
  useEffect(() => () => notifications.left(), [notifications])
  const isLoading = status === 'loading' || status === 'idle'
  return (
    <>
      <PageHead title="Notifications">
        <a class="page-link" href="/follow-requests">
          Follow requests
        </a>
      </PageHead>
      {entries.length === 0 ? null : (
        <ul class="notifications" aria-label="Notifications" aria-busy={isLoading}>
          {entries.map((entry) => (
            <Entry key={entry.key} entry={entry} />
          ))}
        </ul>
      )}
      {status === 'ready' && entries.length === 0 ? <NothingYet /> : null}
      <ListEnd
        isLoading={isLoading}
        hasMore={(status === 'ready' && olderCursor !== undefined) || status === 'failed'}
        error={error}
        onMore={() => notifications.more()}
      />
    </>
  )
}

function NothingYet(): JSX.Element {
  return (
    <div class="empty">
      <h2>Nobody has called yet</h2>
      <p>Mentions, replies, favorites, retweets and new followers gather here.</p>
    </div>
  )
}

const looks: Readonly<Record<string, { icon: IconName; words: string }>> = {
  retweet: { icon: 'retweet', words: 'retweeted your tweet' },
  favorite: { icon: 'star', words: 'marked your tweet as a favorite' },
  follow: { icon: 'person', words: 'followed you' },
  follow_request: { icon: 'lock', words: 'asks to follow you' },
  follow_approved: { icon: 'person', words: 'lets you follow' },
}

function Entry({ entry }: { readonly entry: Notification }): JSX.Element | null {
  const { kind, tweetId, read } = entry
  const isSpoken = kind === 'mention' || kind === 'reply' || kind === 'quote'
  const className = read ? 'notification' : 'notification notification-new'
  if (isSpoken) {
    return tweetId === undefined ? null : (
      <li class={className}>
        <TweetById id={tweetId} />
      </li>
    )
  }
  const look = looks[kind]
  if (look === undefined) return null
  return (
    <li class={`${className} notification-${kind}`}>
      <Icon name={look.icon} isFilled={kind === 'favorite'} />
      <div class="notification-body">
        <Actors entry={entry} words={look.words} />
        {tweetId === undefined ? null : <About tweetId={tweetId} />}
        {kind === 'follow_request' && entry.actorIds[0] !== undefined ? (
          <RequestButtons userId={entry.actorIds[0]} />
        ) : null}
      </div>
      <TimeAgo at={entry.createdAt} />
    </li>
  )
}

/** Who did it: their pictures, the names of the first two, and how many more. */
function Actors(props: { readonly entry: Notification; readonly words: string }): JSX.Element {
  const { actorIds, count } = props.entry
  const [first, second] = actorIds
  const more = count - Math.min(actorIds.length, 2)
  return (
    <>
      <p class="actors">
        {actorIds.map((id) => (
          <ActorPicture key={id} id={id} />
        ))}
      </p>
      <p>
        {first === undefined ? 'Somebody' : <ActorName id={first} />}
        {second === undefined ? null : (
          <>
            {more > 0 ? ', ' : ' and '}
            <ActorName id={second} />
          </>
        )}
        {more > 0 ? ` and ${more} ${more === 1 ? 'other' : 'others'}` : ''} {props.words}
      </p>
    </>
  )
}

function ActorPicture({ id }: { readonly id: UserId }): JSX.Element | null {
  const user = useUser(id)
  return user === undefined ? null : (
    <ActorLink user={user} label={user.name}>
      <Avatar user={user} size="small" />
    </ActorLink>
  )
}

function ActorName({ id }: { readonly id: UserId }): JSX.Element {
  const user = useUser(id)
  if (user === undefined) return <>Somebody</>
  return (
    <ActorLink user={user}>
      <bdi>{user.name}</bdi>
    </ActorLink>
  )
}

function ActorLink(props: {
  readonly user: User
  readonly label?: string
  readonly children: ComponentChildren
}): JSX.Element {
  const { user, label } = props
  return (
    <a
      class="actor"
      href={profilePath(user.handle)}
      {...(label === undefined ? {} : { 'aria-label': label })}
    >
      {props.children}
    </a>
  )
}

/** The tweet of the reader that it is about, in a line. */
function About({ tweetId }: { readonly tweetId: TweetId }): JSX.Element | null {
  const { viewerId } = useClient()
  const tweet = useTweet(tweetId)
  const author = useUser(
    tweet === undefined || tweet === 'gone' ? (viewerId as UserId) : tweet.authorId,
  )
  if (tweet === undefined || tweet === 'gone') return null
  const path = tweetPath(author?.handle ?? 'unknown', tweetId)
  return (
    <p class="about" dir="auto">
      <a
        href={path}
        onClick={(event) => {
          event.preventDefault()
          go(path)
        }}
      >
        {tweet.text === '' ? 'A photo' : tweet.text}
      </a>
    </p>
  )
}
