// One tweet in its conversation: what it answers above it, what answers it below.

import type { JSX } from 'preact'
import { useEffect, useLayoutEffect } from 'preact/hooks'
import type { Tweet } from '../../../protocol/entities.ts'
import type { TweetId } from '../../../protocol/ids.ts'
import type { Client } from '../client.ts'
import { go, rename } from '../navigation.ts'
import { AuthorLine } from '../parts/author-line.tsx'
import { Avatar } from '../parts/avatar.tsx'
import { TweetFeed } from '../parts/feed-list.tsx'
import { Icon } from '../parts/icons.tsx'
import { PageHead, useTitle } from '../parts/page-head.tsx'
import { pageOf, readTweets } from '../parts/read.ts'
import { ExactTime } from '../parts/time.tsx'
import { TweetById, TweetContent } from '../parts/tweet.tsx'
import { TweetActions } from '../parts/tweet-actions.tsx'
import { TweetMenu } from '../parts/tweet-menu.tsx'
import { useClient, useTweet, useUser } from '../parts/use-client.ts'
import { useFeed } from '../parts/use-feed.ts'
import { tweetPath } from '../routes.ts'
import { LoadProblem, useLoaded } from './load.tsx'

type Conversation = {
  readonly ancestors: readonly TweetId[]
  readonly isCutShort: boolean
  readonly tweetId: TweetId
}

const gone = 'This tweet was deleted, or is not for everybody.'

export function TweetPage(props: { readonly tweetId: string }): JSX.Element {
  const client = useClient()
  const tweetId = Number(props.tweetId) as TweetId
  const known = client.entities.tweet(tweetId)
  const start =
    known === undefined || known.inReplyTo !== undefined || known.retweetOf !== undefined
      ? undefined
      : { ancestors: [], isCutShort: false, tweetId }
  const loaded = useLoaded<Conversation>(start, () => readConversation(client, tweetId))
  const tweet = useTweet(loaded.value?.tweetId ?? tweetId)
  const ancestorCount = loaded.value?.ancestors.length ?? 0
  useLayoutEffect(() => {
    // Whoever opens a tweet wants that one; what it answers is above it. A reader who comes back is where they were.
    if (ancestorCount > 0 && scrollY === 0) document.querySelector('.whole-tweet')?.scrollIntoView()
  }, [ancestorCount])
  if (loaded.value === undefined || tweet === undefined || loaded.error?.code === 'not_found') {
    return <LoadProblem title="Tweet" loaded={loaded} missing={gone} />
  }
  if (tweet === 'gone') {
    return (
      <>
        <PageHead title="Tweet" hasBack />
        <p class="empty">{gone}</p>
      </>
    )
  }
  return (
    <>
      <PageHead title="Tweet" hasBack />
      {loaded.value.isCutShort ? (
        <p class="conversation-cut">What this answers is not available.</p>
      ) : null}
      {loaded.value.ancestors.length === 0 ? null : (
        <div class="thread">
          {loaded.value.ancestors.map((id) => (
            <TweetById key={id} id={id} />
          ))}
        </div>
      )}
      <WholeTweet tweet={tweet} />
      <Replies tweetId={tweet.id} />
    </>
  )
}

async function readConversation(client: Client, tweetId: TweetId): Promise<Conversation> {
  const answer = await client.call('tweet.conversation', { tweetId, limit: 1 })
  client.entities.learn({
    ...answer,
    tweets: [...answer.ancestors, answer.tweet, ...answer.tweets],
  })
  return {
    ancestors: answer.ancestors.map(({ id }) => id),
    isCutShort: answer.missing !== undefined,
    tweetId: answer.tweet.id,
  }
}

function WholeTweet({ tweet }: { readonly tweet: Tweet }): JSX.Element {
  const author = useUser(tweet.authorId)
  useTitle(author === undefined ? undefined : `${author.name}: ${tweet.text.slice(0, 60)}`)
  useEffect(() => {
    // Whoever came by its id alone, or by a name that its author had before, goes on with its own address.
    if (author !== undefined) rename(tweetPath(author.handle, tweet.id))
  }, [author?.handle, tweet.id])
  return (
    <article class="whole-tweet" data-tweet={tweet.id} aria-label="Tweet">
      <header class="whole-head">
        <Avatar user={author} size="medium" />
        <AuthorLine author={author} />
        <TweetMenu tweet={tweet} author={author} onDeleted={() => go('/')} />
      </header>
      <TweetContent tweet={tweet} />
      <p class="whole-time">
        <ExactTime at={tweet.createdAt} />
        {tweet.location === undefined ? null : (
          <span class="whole-place">
            <Icon name="place" />
            {tweet.location.latitude}, {tweet.location.longitude}
          </span>
        )}
      </p>
      <TweetActions tweet={tweet} />
    </article>
  )
}

function Replies(props: { readonly tweetId: TweetId }): JSX.Element {
  const { tweetId } = props
  const client = useClient()
  const feed = useFeed<TweetId>(`replies to ${tweetId}`, (before) =>
    readTweets(client, client.call('tweet.conversation', { tweetId, ...pageOf(before) })),
  )
  return (
    <section class="replies" aria-labelledby="replies-title">
      <h2 id="replies-title">Replies</h2>
      <TweetFeed feed={feed} label="Replies" empty="No replies yet." />
    </section>
  )
}
